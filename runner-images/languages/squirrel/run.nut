// run.nut <main file> [argument…]: the exit code is the number that the program returns, or 1 after an uncaught error, where
// squirrel3 itself ends with 0. The program runs in a thread of its own: so its error is printed with its own call stack.
local program
try {
  program = loadfile(vargv[0], true)
} catch (error) {
  return 254
}
local arguments = vargv.slice(1)
local thread = newthread(program)
arguments.insert(0, thread)
try {
  return thread.call.acall(arguments)
} catch (error) {
  return 1
}
