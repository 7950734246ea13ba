write("/dev/stderr", "oops")
