(require :asdf)
(format t "~a ~a~%" (not (null (find-package :asdf))) (code-char 955))
