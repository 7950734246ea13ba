print("before")
while true {}
