:- use_module(library(clpfd)).
:- initialization(main).

main :- [X, Y] ins 1..9, X + Y #= 8, X * Y #= 15, X #< Y, label([X, Y]), writeln([X, Y]).
