for arg = argv()'
  disp(arg{1})
end
