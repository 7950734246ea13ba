#include "share/atspre_staload.hats"

staload "./greetings.sats"

implement greet (name) = println! ("hello ", name)
