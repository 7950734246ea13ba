"""Uses the client library of SandboxFusion. Prints its results as JSON. Argument: the base URL with the token as password."""
import asyncio
import json
import sys

from sandbox_fusion import (RunCodeRequest, SummaryMapping, run_code, run_code_async, run_concurrent, set_sandbox_endpoint,
                            summary_run_code_result)

CPP = '#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b << std::endl; }\n'
MAPPING = SummaryMapping(CompileFailed='compile failed', RunFailed='run failed', RunTimeout='run timeout')
REQUESTS = {
    'python': dict(code='print(input()[::-1])', stdin='abc', language='python'),
    'nodejs': dict(code='console.log(6 * 7)', language='nodejs'),
    'cpp': dict(code=CPP, stdin='1 2', language='cpp'),
    'files': dict(code='print(open("d/in.txt").read())', language='python', files={'d/in.txt': 'Z3LDvMOfZQ==', 'none': None}),
    'compile failed': dict(code='int main( {', language='cpp'),
    'run failed': dict(code='import sys; print("out"); sys.exit(3)', language='python'),
    'signal': dict(code='import os; os.kill(os.getpid(), 11)', language='python'),
    'run timeout': dict(code='print("before", flush=True)\nwhile True: pass', language='python', run_timeout=1),
}


def described(response):
    return {**json.loads(response.json()), 'summary': summary_run_code_result(response, MAPPING)}


async def many(count):
    requests = [RunCodeRequest(code=f'print({n} * {n})', language='python') for n in range(count)]
    return [(await each).run_result.stdout for each in [asyncio.create_task(run_code_async(request)) for request in requests]]


def refused():
    try:
        run_code(RunCodeRequest(code='', language='lean'), max_attempts=1)
    except Exception as error:
        return str(error)


set_sandbox_endpoint(sys.argv[1])
json.dump({
    'sync': {name: described(run_code(RunCodeRequest(**request))) for name, request in REQUESTS.items()},
    'threads': [response.run_result.stdout for response in run_concurrent(
        run_code, args=[[RunCodeRequest(code=f'print({n})', language='python')] for n in range(64)], concurrency=64)],
    'async': asyncio.run(many(64)),
    'refused': refused(),
}, sys.stdout)
