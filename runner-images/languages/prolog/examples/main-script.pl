:- initialization(main, main).

main(Args) :- writeln(Args).
