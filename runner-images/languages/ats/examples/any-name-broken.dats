implement main0 () = print (
  nobody
)
