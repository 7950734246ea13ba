words = STDIN.read.split
counts = words.tally
total = 0
300_000.times { |i| total = (total * 31 + i) % 1_000_003 }
puts "Hello #{words.size} #{counts.size} #{total}"
