program complain
  use, intrinsic :: iso_fortran_env, only: error_unit
  write (error_unit, '(a)') 'oops'
end program
