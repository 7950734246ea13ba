% A directive or an initialization goal that fails is a warning. The first one makes warnings count for the exit code, as errors do
% by --on-error=status; other warnings alone leave it at 0.
:- multifile user:message_hook/3.
:- dynamic user:message_hook/3.

user:message_hook(Failure, warning, _) :-
    ( Failure = goal_failed(directive, _) ; Failure = initialization_failure(_, _) ),
    set_prolog_flag(on_warning, status),
    fail.
