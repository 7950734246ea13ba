3 throw
