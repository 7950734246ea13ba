"""Adapts valid data to this service. A schema cannot express which images and languages are present, the limits that are settings, which
hosts receive webhooks, whether a text is a number within a range, a zip file or a cursor, and that the files of a payload must not use the
same path as a file and as a folder. Invalid data remains as it is."""
import uuid

import schemathesis

MAX_MEMORY_BYTES = 1 << 30
MAX_PROCESSES = 512
MAX_MILLISECONDS = 10_000
MAX_CASES = 100
PYTHON_ID = 71
EMPTY_ZIP = 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=='
URL = 'http://127.0.0.1:9/'
NAMES = {'language': 'python', 'image': 'runonce/python:latest', 'version': '*', 'webhook': URL}
# Numbers as text that are within the range of each attribute of a submission.
SUBMISSION_NUMBERS = {'memory_limit': '65536', 'cpu_time_limit': '1.5', 'wall_time_limit': '2'}
SUBMISSION_INTEGERS = ['number_of_runs', 'stack_limit', 'max_processes_and_or_threads', 'max_file_size', 'cpu_extra_time']


def at_most(value, most):
    return min(value, most) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def with_present_names(body):
    return {**body, **{name: value for name, value in NAMES.items() if name in body}}


def within_limits(limits):
    caps = {'memory': MAX_MEMORY_BYTES, 'processes': MAX_PROCESSES}
    return {name: at_most(value, caps[name]) if name in caps else value for name, value in limits.items()}


def within_piston_limits(body):
    def cap(name):
        if name.endswith('_memory_limit'):
            return MAX_MEMORY_BYTES
        return MAX_MILLISECONDS if name.endswith(('_timeout', '_cpu_time')) else None
    return {name: value if cap(name) is None else at_most(value, cap(name)) for name, value in body.items()}


def with_distinct_names(files):
    return [{**file, 'name': f'{index}-{file["name"]}'} if file.get('name') else file for index, file in enumerate(files)]


def submission(body):
    """Compiler options are for C and C++ only. Quotes in arguments must be closed."""
    texts = {**SUBMISSION_NUMBERS, **{name: '1' for name in SUBMISSION_INTEGERS}, 'additional_files': EMPTY_ZIP, 'callback_url': URL, 'compiler_options': ''}
    adapted = {name: texts[name] if name in texts and isinstance(value, str) else value for name, value in body.items()}
    if not isinstance(body.get('compiler_options', ''), str):
        adapted['compiler_options'] = None
    if isinstance(body.get('command_line_arguments'), str):
        adapted['command_line_arguments'] = ''.join(each for each in body['command_line_arguments'] if each not in '"\'\\\0')
    return {**adapted, 'language_id': PYTHON_ID}


def adapted(body):
    if 'source_code' in body:
        return submission(body)
    body = within_piston_limits(with_present_names(body))
    if isinstance(body.get('submissions'), list):
        body['submissions'] = [submission(each) if isinstance(each, dict) else each for each in body['submissions']]
    if isinstance(body.get('runs'), list):
        body['runs'] = [adapted(run) for run in body['runs']]
    if isinstance(body.get('limits'), dict):
        body['limits'] = within_limits(body['limits'])
    if isinstance(body.get('files'), list):
        body['files'] = with_distinct_names(body['files'])
    if isinstance(body.get('cases'), list):
        body['cases'] = body['cases'][:MAX_CASES]
    if isinstance(body.get('payload'), dict):
        body['payload'] = adapted(body['payload'])
    return body


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if isinstance(case.body, dict):
        case.body = adapted(case.body)
    if 'language' in (case.path_parameters or {}):
        case.path_parameters['language'] = 'python'
    if case.path == '/jobs':
        (case.query or {}).pop('after', None)
        if 'idempotency-key' in (case.headers or {}):
            case.headers['idempotency-key'] = str(uuid.uuid4())
