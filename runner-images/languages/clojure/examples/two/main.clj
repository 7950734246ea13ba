(ns main
  (:require [greeting :refer [greet]]))

(println (greet "two"))
