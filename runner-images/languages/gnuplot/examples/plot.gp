set terminal dumb 32 8
unset key
unset xtics
set yrange [0:4]
set ytics 2
plot [0:4] x with points
