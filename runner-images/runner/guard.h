/* What the guard's two files share: how a call is looked at, and the filter as it is written.
 * guard.c has the calls of each architecture, guard-rules.c what is refused of each. */
#ifndef GUARD_H
#define GUARD_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>

/* How a call's arguments name its target. */
enum target {
    NO_CALL,
    BY_PID,      /* argument 0 is a pid */
    BY_LIMIT,    /* the same, and argument 1 is a limit, argument 2 points to its new values, prlimit(2) */
    BY_OWN_LIMIT, /* argument 0 is a limit, setrlimit(2) */
    BY_PRIORITY, /* argument 0 says what argument 1 is; the uid is PRIO_USER, setpriority(2) */
    BY_IOPRIO,   /* the same, IOPRIO_WHO_USER, ioprio_set(2) */
    BY_FAMILY,   /* arguments 0 to 2 are a socket's family, type and protocol, of which few are allowed, socket(2) */
    BY_LOCAL_FAMILY, /* argument 0 is a socket's family, and only the local one makes sense, socketpair(2) */
    BY_OPTION,   /* argument 2 is an option of level argument 1, setsockopt(2) */
    BY_MODE,     /* argument 0 says what to do with seccomp, seccomp(2) */
    BY_PRCTL,    /* argument 0 says what argument 1 is, prctl(2) */
    BY_INFO,     /* argument 2 points to what a signal is to say of itself, or is NULL, pidfd_send_signal(2) */
    BY_MULTIPLE, /* argument 0 says which call it is, and what it is called with is out of sight: socketcall(2) */
    ALWAYS,
};

struct program {
    struct sock_filter *code;
    unsigned short size;
};

/* Writes one instruction; bpf(2)'s classic kind, filter.rst. */
void emit(struct program *program, uint16_t code, uint32_t k, unsigned char if_true, unsigned char if_false);
void emit_return(struct program *program, uint32_t action);
/* Begins what follows if what was loaded is k; emit_end() ends it. */
unsigned short emit_begin_if(struct program *program, uint32_t k);
void emit_end(struct program *program, unsigned short begun);

/* Refuses what such a call must not do. What it may goes on behind. */
void emit_rule(struct program *program, enum target target);

#endif
