#lang racket

(map (match-lambda [(list a b) (* a b)]) '((1 1) (2 2) (3 3)))
(string-upcase "àéî")
