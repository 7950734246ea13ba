:- format(user_error, 'oops~n', []).
