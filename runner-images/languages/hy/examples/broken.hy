(print "hello")
(defn f [x] (
