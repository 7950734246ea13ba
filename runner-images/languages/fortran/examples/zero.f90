program zero
  implicit none
  integer :: nothing
  nothing = 0
  print '(a)', 'before'
  flush (6)
  print *, 1 / nothing
end program
