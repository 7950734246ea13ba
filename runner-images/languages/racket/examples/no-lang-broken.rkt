; a program without #lang
(define (f)
  (nobody))
(f)
