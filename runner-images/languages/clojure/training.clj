;; Uses the features that programs commonly use. It runs when the image is built, and determines which classes the
;; ahead-of-time cache contains.
(ns training
  (:require [clojure.string :as str]
            [clojure.set :as set]
            [clojure.walk :as walk]
            [clojure.edn :as edn]
            [clojure.pprint :refer [pprint]]
            [clojure.java.io :as io]))

(defrecord Point [x y])
(defprotocol Shape (area [this]))
(extend-protocol Shape Point (area [p] (* (:x p) (:y p))))
(defmulti describe :kind)
(defmethod describe :default [m] (str "thing " (:n m)))
(defmacro unless [test & body] `(if ~test nil (do ~@body)))

(defn fib [n] (loop [a 0 b 1 n n] (if (zero? n) a (recur b (+' a b) (dec n)))))

(let [{:keys [a b] :or {b 2}} {:a 1}
      state (atom {})]
  (swap! state update :n (fnil inc 0))
  (println a b @state (fib 100) (describe {:n 1}) (area (->Point 2 3)))
  (println (->> (range 10) (map #(* % %)) (filter even?) (reduce +)) (frequencies "abca"))
  (println (str/join ", " (sort-by - (set/union #{1 2} #{3}))) (walk/keywordize-keys {"a" 1}))
  (pprint (group-by odd? (range 5)))
  (println (for [x [1 2] y [:a :b] :when (odd? x)] [x y]))
  (try (throw (ex-info "no" {:code 1})) (catch Exception e (println (ex-message e) (ex-data e))) (finally (println "end")))
  (unless false (println (format "%.2f" 1.5) (edn/read-string "{:x [1 2]}")))
  (println @(future (transduce (map inc) + [1 2 3])) (deref (delay 1)))
  (println (read-line) (slurp (io/reader (.getBytes "text"))) (re-find #"\d+" "a12") (Integer/parseInt "7"))
  (doseq [line (line-seq (io/reader *in*))] (println (str/upper-case line)))
  (println (-> {:a {:b 1}} (assoc-in [:a :c] 2) (get-in [:a :c])) (partition 2 (take 6 (iterate inc 1)))))
(shutdown-agents)
