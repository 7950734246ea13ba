/* The warm Node's companion: a compiler that waits beside it, in a language that is made into JavaScript. */
#ifndef COMPANION_H
#define COMPANION_H

/* Starts the language's companion, if it has one: its stdin and stdout are the other end of Node's descriptor 64. */
void companion_start(void);

/* Once Node has closed that descriptor: kills the companion and reaps it, so that the program finds no trace of it. */
void companion_end(void);

#endif
