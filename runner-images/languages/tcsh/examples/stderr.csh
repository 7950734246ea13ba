sh -c 'echo oops >&2'
