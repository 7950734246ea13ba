include "greeting";

hello("two")
