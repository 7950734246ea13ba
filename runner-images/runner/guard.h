/* Declarations for the guard's files: the rules, and functions that write a filter.
 * guard_calls.h lists the calls, guard.c writes the filter, guard_rules.c writes what each rule checks. */
#ifndef GUARD_H
#define GUARD_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>

/* The most instructions that one row of guard_calls.h adds for one number. */
enum { CALL_MOST_INSTRUCTIONS = 20, SOCKET_MOST_INSTRUCTIONS = 48 };

struct program {
    struct sock_filter *code;
    unsigned short size;
};

/* Appends one instruction of classic BPF: kernel networking/filter.rst. */
void emit(struct program *program, uint16_t code, uint32_t k, unsigned char if_true, unsigned char if_false);
void emit_return(struct program *program, uint32_t action);
/* Starts a block that runs if the loaded value is k. Returns the position to pass to emit_end_if(). */
unsigned short emit_begin_if(struct program *program, uint32_t k);
void emit_end_if(struct program *program, unsigned short position);

/* A rule appends the check of one call. A call that passes the check continues after it. */
typedef void guard_rule(struct program *program);
guard_rule refuse_call, check_pid, check_prlimit, check_setrlimit, check_priority, check_ioprio, check_socket, check_socketpair;
guard_rule check_socketcall, check_socket_option, check_seccomp, check_prctl, check_signal_info;

#endif
