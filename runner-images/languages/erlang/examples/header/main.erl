% escript ignores the first line
-include("person.hrl").

main(_) ->
    io:format("~p~n", [people:ada()]).
