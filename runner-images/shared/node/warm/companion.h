/* The companion of the warm Node: a waiting compiler, for languages that are compiled to JavaScript. */
#ifndef COMPANION_H
#define COMPANION_H

/* Starts the companion if the language has one. A socket connects its stdin and stdout to descriptor 64 of Node. */
void companion_start(void);

/* If Node has closed the descriptor, kills the companion and reaps it, so that the program cannot observe it. */
void companion_end(void);

#endif
