% escript ignores the first line

main(_) ->
    io:format(standard_error, "oops~n", []).
