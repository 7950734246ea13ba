s" /dev/stderr" w/o open-file throw constant errors
s" oops" errors write-line throw
errors close-file throw
