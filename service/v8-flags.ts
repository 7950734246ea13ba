import { setFlagsFromString } from 'node:v8'

// Import this module first: V8 compiles a function when it is first called, and the young generation grows while modules load.
// Flags that are set here need no place on the command lines that start the service.

// The young generation stays at its first size, 1 MB: the heap then stays near what is in use. --max-semi-space-size has no effect here,
// because V8 reads it before any code runs.
setFlagsFromString('--semi-space-growth-factor=1')
// Several results of a megabyte each at once let the heap grow far beyond what is in use: 195 MB instead of 110 MB with 8 concurrent runs.
setFlagsFromString('--optimize-for-size')
// A service that handles a few requests per second never gets its functions hot. Without this flag V8 interprets most of each request.
setFlagsFromString('--always-sparkplug')
