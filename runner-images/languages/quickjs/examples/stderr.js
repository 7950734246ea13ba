import * as std from 'std'

std.err.puts('oops\n')
