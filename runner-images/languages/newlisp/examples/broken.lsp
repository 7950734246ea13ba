(define (f)
  (println "never")
