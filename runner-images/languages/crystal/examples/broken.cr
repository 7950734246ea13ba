puts "fine"
puts nobody
