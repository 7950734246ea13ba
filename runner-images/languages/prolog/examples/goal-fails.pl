:- initialization(main).

main :- writeln(hello), fail.
