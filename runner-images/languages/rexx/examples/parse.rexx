parse value "Ada Lovelace" with first last
say last", "first
numeric digits 200
f = 1
do i = 2 to 100
  f = f * i
end
say left(f, 20)
