source greeting.tcl

puts [hello two]
