#lang racket
(displayln "before")
(let loop () (loop))
