import { setFlagsFromString } from 'node:v8'

// Imported first, so that it is done before the functions of the others are compiled, which V8 does when they are first called.
// What can't be set at run time, the young generation's size, is on the command lines that start the service.

// Results of a megabyte each, several at once, make the heap grow far over what is in use: 195 MB instead of 110 at 8 runs at a time.
setFlagsFromString('--optimize-for-size')
// A service that answers a few requests a second never gets its functions hot: without it, most of each request is interpreted.
setFlagsFromString('--always-sparkplug')
