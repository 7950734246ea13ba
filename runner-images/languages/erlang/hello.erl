% escript ignores the first line

main(_) ->
    io:format("Hello World!~n").
