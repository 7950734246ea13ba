(import greeting [hello])

(print (hello "two"))
