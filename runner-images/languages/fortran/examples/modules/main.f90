program main
  use squares, only: square
  print '(i0)', square(5)
end program
