:- initialization(main).

main :- writeln('Hello World!').
