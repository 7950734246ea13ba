range 1 4 | each {|x| echo (* $x $x) }
echo π
