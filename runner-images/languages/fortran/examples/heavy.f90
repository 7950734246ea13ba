module shapes
  implicit none
  type, abstract :: shape
  contains
    procedure(area_of), deferred :: area
  end type
  abstract interface
    pure real(8) function area_of(self)
      import :: shape
      class(shape), intent(in) :: self
    end function
  end interface
  type, extends(shape) :: circle
    real(8) :: radius
  contains
    procedure :: area => circle_area
  end type
  type, extends(shape) :: box
    real(8) :: width, height
  contains
    procedure :: area => box_area
  end type
  type :: holder
    class(shape), allocatable :: item
  end type
contains
  pure real(8) function circle_area(self)
    class(circle), intent(in) :: self
    circle_area = acos(-1d0) * self%radius**2
  end function
  pure real(8) function box_area(self)
    class(box), intent(in) :: self
    box_area = self%width * self%height
  end function
end module

program main
  use shapes
  use, intrinsic :: iso_fortran_env, only: int64, real128
  use, intrinsic :: ieee_arithmetic
  implicit none
  type(holder) :: items(2)
  real(8), allocatable :: matrix(:, :), vector(:)
  integer :: i, j
  character(:), allocatable :: text
  real(8) :: total
  allocate (items(1)%item, source=circle(1d0))
  allocate (items(2)%item, source=box(2d0, 3d0))
  total = 0
  do i = 1, size(items)
    select type (item => items(i)%item)
    type is (circle)
      print '(a, f0.1)', 'circle ', item%radius
    class default
      print '(a)', 'other'
    end select
    total = total + items(i)%item%area()
  end do
  print '(f0.3)', total
  allocate (matrix(100, 100), vector(100))
  do concurrent (i = 1:100, j = 1:100)
    matrix(i, j) = merge(2d0, 1d0, i == j)
  end do
  vector = matmul(matrix, [(real(i, 8), i = 1, 100)])
  print '(f0.1, 1x, i0)', sum(vector), maxloc(vector)
  text = repeat('ab', 3) // trim('c  ')
  print '(a, 1x, i0)', text, index(text, 'ba', back=.true.)
  block
    complex(real128) :: z
    z = (3, 4)
    print '(f0.1, 1x, l1)', real(abs(z), 8), ieee_is_nan(ieee_value(1d0, ieee_quiet_nan))
  end block
  print '(i0)', huge(1_int64)
end program
