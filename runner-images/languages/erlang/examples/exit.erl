% escript ignores the first line

main(_) ->
    halt(3).
