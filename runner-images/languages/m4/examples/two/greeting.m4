define(`greet', `hello $1')dnl
