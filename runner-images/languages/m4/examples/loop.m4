define(`count', `ifelse(eval($1 <= $2), 1, `$1 count(incr($1), $2)')')dnl
count(1, 3)
