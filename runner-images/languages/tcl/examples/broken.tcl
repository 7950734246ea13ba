set name Ada
puts "never
