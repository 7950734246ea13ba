(format *error-output* "oops~%")
