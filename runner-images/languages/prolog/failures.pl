% When a directive or an initialization goal fails, Prolog prints a warning. After the first such warning, the exit
% code is that of errors with --on-error=status. Other warnings do not change the exit code.
:- multifile user:message_hook/3.
:- dynamic user:message_hook/3.

user:message_hook(Failure, warning, _) :-
    ( Failure = goal_failed(directive, _) ; Failure = initialization_failure(_, _) ),
    set_prolog_flag(on_warning, status),
    fail.
