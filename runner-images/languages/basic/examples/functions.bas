sub factorial(n)
  if n < 2 return 1
  return n * factorial(n - 1)
end sub

print factorial(5)
