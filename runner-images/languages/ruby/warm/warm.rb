# Ruby's warm interpreter, required by `ruby main.rb` (RUBYOPT) after Ruby's own libraries and before the program. It
# sends R to the runner and waits. Then it replaces the placeholder that warm.c opened by the program's file, and
# returns. Ruby then runs the program itself, so $0, __FILE__, DATA, backtraces and the exit are the same as in a
# plain run.
#
# All names here are symbols that already exist in Ruby, so that the symbols of the program get the same numbers as in
# a plain run.
lambda do
  pipe = IO.for_fd(64, 'r+b')
  pipe.sync = true
  pipe.write('R')
  size = pipe.read(4)&.unpack1('N') or exit!(0)
  main, *arguments = pipe.read(size).force_encoding(Encoding.default_external).split("\0", -1)[0...-1]
  # Ruby must know another file name or options in the first line before it starts, so the runner uses the plain
  # command.
  if main != 'main.rb' || File.binread(main, 2) == '#!'
    pipe.write('P')
    sleep
  end
  pipe.close
  ARGV.replace(arguments.each(&:freeze))
  ObjectSpace.each_object(File) { |file| file.reopen(main) if !file.closed? && file.path == main }
end.call
