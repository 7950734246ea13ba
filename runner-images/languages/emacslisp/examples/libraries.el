(require 'cl-lib)
(require 'json)
(princ (format "%S\n" (cl-loop for x from 1 to 3 collect (* x x))))
(princ (concat (json-encode '((a . "π"))) "\n"))
