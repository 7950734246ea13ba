:- writeln(before), fail.
:- writeln(after).
