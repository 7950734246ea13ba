% escript ignores the first line

main(_) ->
    io:format("~s~n", [greeting:for("two")]).
