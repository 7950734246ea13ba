(declare-const s String)
(assert (= (str.++ "a" s "c") "abc"))
(check-sat)
(get-value (s))
