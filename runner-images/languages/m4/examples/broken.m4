hello
define(`never
