program main
  use greetings
  call greet()
end program
