#lang racket

(current-command-line-arguments)
