proc serve {channel address port} {
    puts $channel [string toupper [gets $channel]]
    close $channel
}

proc receive {channel} {
    puts [gets $channel]
    set ::done 1
}

set server [socket -server serve -myaddr localhost 0]
set channel [socket -async localhost [lindex [fconfigure $server -sockname] 2]]
fconfigure $channel -buffering line -blocking 0
fileevent $channel readable [list receive $channel]
puts $channel up
vwait done
