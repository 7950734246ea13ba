#!/usr/bin/env escript

main([Arg]) ->
    io:format("h~tsllo ~ts~n", [Arg, [16#2603]]).
