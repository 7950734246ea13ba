builtins.trace "oops" null
