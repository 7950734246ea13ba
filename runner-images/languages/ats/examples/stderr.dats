#include "share/atspre_staload.hats"

implement main0 () = prerr_string ("oops\n")
