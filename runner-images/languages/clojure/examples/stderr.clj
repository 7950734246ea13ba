(binding [*out* *err*]
  (println "oops"))
