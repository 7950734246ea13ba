include greeting.fs

hello cr
