local ffi = require("ffi")
ffi.cdef("int printf(const char *format, ...); int fflush(void *stream);")
ffi.C.printf("%.2f from C\n", ffi.new("double", 3))
ffi.C.fflush(nil)
