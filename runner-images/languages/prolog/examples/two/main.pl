:- use_module(greeting).
:- initialization(main).

main :- hello(two, Text), writeln(Text).
