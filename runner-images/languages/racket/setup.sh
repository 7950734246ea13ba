raco make no-lang.rkt
chmod -R a+rX compiled
