:- initialization(main).

first(X, Y) :- X = hello.

main :- first(X, _), writeln(X).
