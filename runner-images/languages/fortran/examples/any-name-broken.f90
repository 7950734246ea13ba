program broken
  implicit none
  nobody = 1
end program
