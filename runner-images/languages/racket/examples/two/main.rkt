#lang racket

(require "greeting.rkt")

(displayln (hello "two"))
