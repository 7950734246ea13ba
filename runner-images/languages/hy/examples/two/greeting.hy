(defn hello [name]
  (+ "hello " name))
