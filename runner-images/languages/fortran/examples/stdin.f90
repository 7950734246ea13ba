program copy_line
  character(80) :: line
  read '(a)', line
  print '(a)', trim(line)
end program
