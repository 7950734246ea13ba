/* Apart from all other headers: it takes the 32-bit architecture's numbers, under the names of the 64-bit one's. */
#include "guard-numbers.h"

#if defined(__x86_64__)
#include <asm/unistd_32.h>
#elif defined(ARM_UNISTD)
/* As its own compiler would say it. */
#define __ARM_EABI__ 1
#include ARM_UNISTD
#endif

#ifdef __NR_prlimit64
const struct guard_numbers GUARD_COMPAT = {
    .setpriority = __NR_setpriority,
    .sched_setparam = __NR_sched_setparam,
    .sched_setscheduler = __NR_sched_setscheduler,
    .sched_setaffinity = __NR_sched_setaffinity,
    .ioprio_set = __NR_ioprio_set,
    .prlimit64 = __NR_prlimit64,
    .sched_setattr = __NR_sched_setattr,
    .socket = __NR_socket,
    .io_uring_setup = __NR_io_uring_setup,
    .rt_sigqueueinfo = __NR_rt_sigqueueinfo,
    .rt_tgsigqueueinfo = __NR_rt_tgsigqueueinfo,
    .pidfd_send_signal = __NR_pidfd_send_signal,
    .kill = __NR_kill,
    .tkill = __NR_tkill,
    .tgkill = __NR_tgkill,
    .setsockopt = __NR_setsockopt,
    .seccomp = __NR_seccomp,
    .prctl = __NR_prctl,
    .setrlimit = __NR_setrlimit,
    .socketpair = __NR_socketpair,
#if defined(__x86_64__)
    .socketcall = __NR_socketcall,
#endif
};
#else
const struct guard_numbers GUARD_COMPAT = {0};
#endif
