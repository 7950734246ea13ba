"""Uses a client library of Piston. Prints its results as JSON. Arguments: the base URL and the token."""
import asyncio
import json
import sys

from ultra_piston import File, PistonClient

client = PistonClient(base_url=sys.argv[1], api_key=f'Bearer {sys.argv[2]}', rate_limit=0)
C = '#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); printf("%d\\n", 2 * n); return 3; }\n'


def execute(language, content, **more):
    return json.loads(client.post_execute(language=language, version='*', file=File(content=content), **more).model_dump_json())


json.dump({
    'runtimes': [runtime.model_dump() for runtime in client.get_runtimes()],
    'packages': [package.model_dump() for package in client.get_packages()],
    'python': execute('py', 'import sys; print(sys.argv[1], input())', args=['a'], stdin='in'),
    'javascript': execute('js', 'console.error("e")'),
    'c': execute('c', C, stdin='21'),
    'broken': execute('c', 'int main( {'),
    'late': execute('python', 'while True: pass', run_timeout=500),
    'async': json.loads(asyncio.run(client.post_execute_async(
        language='python', version='3.x', file=File(name='main.py', content='print(1)'))).model_dump_json()),
}, sys.stdout)
