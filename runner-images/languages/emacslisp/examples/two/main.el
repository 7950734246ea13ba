(load (expand-file-name "greeting.el") nil t)

(princ (concat (hello "two") "\n"))
