
# Writes the buffered output of puts when the time limit ends the program. The runner sends SIGRTMAX at the time
# limit, waits for a short time, and kills the remaining processes.
trap(64) do
  STDOUT.flush
ensure
  Process.kill(:KILL, Process.pid)
end
