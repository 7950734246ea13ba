-module(squares).
-export([start/0]).

start() ->
    {ok, [N]} = io:fread("", "~d"),
    io:format("from start: ~p~n", [N * N]).
