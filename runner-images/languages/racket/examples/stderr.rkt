#lang racket

(eprintf "oops\n")
