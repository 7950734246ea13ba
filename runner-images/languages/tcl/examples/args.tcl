puts $argv
