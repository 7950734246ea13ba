define(`greeting', `Hello $1!')dnl
greeting(World)
