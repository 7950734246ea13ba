"""Uses the client library of Judge0. Prints its results as JSON. Arguments: the base URL and the token."""
import json
import sys

import judge0
from judge0 import Client, File, Filesystem, LanguageAlias, Submission

client = Client(endpoint=sys.argv[1], headers={'X-Auth-Token': sys.argv[2]})
C = '#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); printf("%d\\n", 2 * n); return 0; }\n'
CPP = '#include <iostream>\n#include "twice.h"\nint main(int n, char **args) { std::cout << twice(21) << args[1] << std::endl; }\n'


def summary(submission):
    names = ['stdout', 'stderr', 'compile_output', 'message', 'exit_code', 'exit_signal', 'time', 'wall_time', 'memory', 'number_of_runs']
    dates = {name: str(getattr(submission, name)) for name in ('created_at', 'finished_at', 'token')}
    return {name: getattr(submission, name) for name in names} | dates | {'status': str(submission.status)}


def run(source_code, language=LanguageAlias.PYTHON, **more):
    result = judge0.run(client=client, source_code=source_code, language=language, **more)
    return [summary(each) for each in result] if isinstance(result, list) else summary(result)


def refused(**more):
    try:
        return run('print(1)', **more)
    except Exception as error:
        return {'status': error.response.status_code, 'body': error.response.json()}


batch = judge0.async_run(client=client, submissions=[Submission(source_code=f'print({n})', language=71) for n in range(45)])
json.dump({
    'version': client.version,
    'languages': [language.model_dump() for language in client.get_languages()],
    'language': client.get_language(71).model_dump(),
    'statuses': client.get_statuses(),
    'python': run('import sys; print(input(), sys.argv[1:])', stdin='grüße', command_line_arguments='a "b c"'),
    'javascript': run('console.error("e"); setTimeout(() => console.log("o"), 500)', LanguageAlias.JAVASCRIPT, redirect_stderr_to_stdout=True),
    'c': run(C, LanguageAlias.C, test_cases=[('1', '2'), ('2', '5')]),
    'cpp': run(CPP, 54, compiler_options='-O1 -std=c++17', command_line_arguments="'!'", number_of_runs=3,
               additional_files=Filesystem(content=[File(name='twice.h', content='inline int twice(int n) { return 2 * n; }\n')])),
    'files': run('import pkg.helper; print(open("data.bin", "rb").read())',
                 additional_files=Filesystem(content=[File(name='pkg/helper.py', content='print("helper")'), File(name='data.bin', content=b'\xff\0')])),
    'broken': run('int main( {', 50),
    'crash': run('int main(void) { *(volatile int *)0 = 1; }', 50),
    'exit': run('raise SystemExit(3)'),
    'late': run('import time; print("before", flush=True); time.sleep(9)', wall_time_limit=1),
    'busy': run('while True: pass', cpu_time_limit=0.5, wall_time_limit=1.5),
    'large': run('print(len("x" * 200_000_000))', memory_limit=100_000),
    'network': refused(enable_network=True),
    'limit': refused(wall_time_limit=1000),
    'batch': [each.stdout for each in judge0.wait(client=client, submissions=batch)],
}, sys.stdout)
