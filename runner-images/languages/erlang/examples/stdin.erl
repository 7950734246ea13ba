% escript ignores the first line

main(_) ->
    io:put_chars(io:get_line("")).
