module greetings
contains
  subroutine greet()
    print '(a)', 'hello two'
  end subroutine
end module
