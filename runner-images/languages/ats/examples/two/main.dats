#include "share/atspre_staload.hats"

staload "./greetings.sats"
dynload "./greetings.dats"

implement main0 () = greet ("two")
