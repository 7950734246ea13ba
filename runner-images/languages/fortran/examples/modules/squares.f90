module squares
  use kinds
contains
  integer(whole) function square(n)
    integer, intent(in) :: n
    square = n * n
  end function
end module
