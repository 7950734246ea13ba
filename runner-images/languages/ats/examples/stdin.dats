#include "share/atspre_staload.hats"
#include "share/atspre_staload_libats_ML.hats"

implement main0 () = println! (fileref_get_line_string (stdin_ref))
