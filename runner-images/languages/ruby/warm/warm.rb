# Ruby's warm starter, required by `ruby main.rb` (RUBYOPT) after its own libraries and before the program. It says R on
# the runner's descriptor and waits; then it gives Ruby the program's file in place of the placeholder that warm.c opened, and leaves.
# Ruby goes on by itself: $0, __FILE__, DATA, backtraces and the exit are its own. A name here
# is one that Ruby has a symbol for already: so the program's own symbols get the numbers they get in a plain run.
lambda do
  pipe = IO.for_fd(64, 'r+b')
  pipe.sync = true
  pipe.write('R')
  size = pipe.read(4)&.unpack1('N') or exit!(0)
  main, *arguments = pipe.read(size).force_encoding(Encoding.default_external).split("\0", -1)[0...-1]
  # Another name, or options in the first line, Ruby has to know from the start: the runner takes it by the plain command.
  if main != 'main.rb' || File.binread(main, 2) == '#!'
    pipe.write('P')
    sleep
  end
  pipe.close
  ARGV.replace(arguments.each(&:freeze))
  ObjectSpace.each_object(File) { |file| file.reopen(main) if !file.closed? && file.path == main }
end.call
