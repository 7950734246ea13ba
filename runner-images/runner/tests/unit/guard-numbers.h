/* The numbers of the calls that the guard knows, from the kernel's headers. */
#ifndef GUARD_NUMBERS_H
#define GUARD_NUMBERS_H

#include <stdint.h>

struct guard_numbers {
    uint32_t setpriority, sched_setparam, sched_setscheduler, sched_setaffinity, ioprio_set, prlimit64, sched_setattr;
    uint32_t socket, io_uring_setup, socketcall; /* 0: it has none */
    uint32_t rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal;
    uint32_t kill, tkill, tgkill;
    uint32_t setsockopt, seccomp, prctl, setrlimit, socketpair;
};

/* The 32-bit ones of this architecture; zeroed where their headers are not installed. */
extern const struct guard_numbers GUARD_COMPAT;

#endif
