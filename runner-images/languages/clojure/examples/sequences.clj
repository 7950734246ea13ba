(require '[clojure.string :as str])

(let [numbers (map parse-long (str/split (read-line) #" "))]
  (println (first *command-line-args*) (reduce + numbers) (map #(* % %) numbers)))
