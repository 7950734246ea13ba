(ns app.core)

(defn -main [] (println "hello from src"))
