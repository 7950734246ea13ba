(load "greeting.lsp")

(println (hello "two"))
