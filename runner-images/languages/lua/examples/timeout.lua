io.write("before\n")
while true do end
