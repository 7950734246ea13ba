#include "share/atspre_staload.hats"

fun loop (n: int): void = loop (n)

implement main0 () = (print "before\n"; loop (1))
