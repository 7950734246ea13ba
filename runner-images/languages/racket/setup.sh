raco make flush.rkt no-lang.rkt
chmod -R a+rX compiled
