(ns greeting)

(defn greet [name] (str "hello " name))
