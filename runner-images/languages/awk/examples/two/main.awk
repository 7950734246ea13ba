@include "greeting.awk"

BEGIN { print hello("two") }
