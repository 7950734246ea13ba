." Hello World!" cr
