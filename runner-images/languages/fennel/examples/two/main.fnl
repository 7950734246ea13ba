(local greeting (require :greeting))

(print (greeting.hello "two"))
