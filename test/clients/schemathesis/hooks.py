"""Adapts valid data to this service. A schema cannot express which images and languages are present, the limits that are settings, and
that the files of a payload must not use the same path as a file and as a folder. Invalid data remains as it is."""
import schemathesis

MAX_MEMORY_BYTES = 1 << 30
MAX_PROCESSES = 512
MAX_MILLISECONDS = 10_000
MAX_CASES = 100


def with_present_names(body):
    names = {'language': 'python', 'image': 'runonce/python:latest', 'version': '*'}
    return {**body, **{name: value for name, value in names.items() if name in body}}


def within_limits(limits):
    caps = {'memory': MAX_MEMORY_BYTES, 'processes': MAX_PROCESSES}
    return {name: min(value, caps[name]) if name in caps else value for name, value in limits.items()}


def within_piston_limits(body):
    def cap(name):
        if name.endswith('_memory_limit'):
            return MAX_MEMORY_BYTES
        return MAX_MILLISECONDS if name.endswith(('_timeout', '_cpu_time')) else None
    return {name: value if value is None or cap(name) is None else min(value, cap(name)) for name, value in body.items()}


def with_distinct_names(files):
    return [{**file, 'name': f'{index}-{file["name"]}'} if file.get('name') else file for index, file in enumerate(files)]


def adapted(body):
    body = within_piston_limits(with_present_names(body))
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
