/* The system calls that the guard checks, one on each line. To block one more call, add one line here.
 *
 * CALL(name, rule, x86-64, x32, i386, aarch64, arm) contains the rule (a function in guard_rules.c) and the number of
 * the call on each architecture, or NONE if the architecture does not have the call. The x32 column is only for calls
 * that have a separate number there (asm/unistd_x32.h). All other calls have the x86-64 number.
 *
 * A file that includes this file must define CALL first. The unit tests compare every number with the kernel's
 * headers. */
CALL(setpriority,        check_priority,       141, NONE,   97,  140,   97)
CALL(sched_setparam,     check_pid,            142, NONE,  154,  118,  154)
CALL(sched_setscheduler, check_pid,            144, NONE,  156,  119,  156)
CALL(sched_setaffinity,  check_pid,            203, NONE,  241,  122,  241)
CALL(ioprio_set,         check_ioprio,         251, NONE,  289,   30,  314)
CALL(prlimit64,          check_prlimit,        302, NONE,  340,  261,  369)
CALL(sched_setattr,      check_pid,            314, NONE,  351,  274,  380)
CALL(socket,             check_socket,          41, NONE,  359,  198,  281)
CALL(io_uring_setup,     refuse_call,          425, NONE,  425,  425,  425)
CALL(socketcall,         check_socketcall,    NONE, NONE,  102, NONE, NONE)
CALL(rt_sigqueueinfo,    check_pid,            129,  524,  178,  138,  178)
CALL(rt_tgsigqueueinfo,  check_pid,            297,  536,  335,  240,  363)
CALL(pidfd_send_signal,  check_signal_info,    424, NONE,  424,  424,  424)
CALL(kill,               check_pid,             62, NONE,   37,  129,   37)
CALL(tkill,              check_pid,            200, NONE,  238,  130,  238)
CALL(tgkill,             check_pid,            234, NONE,  270,  131,  268)
CALL(setsockopt,         check_socket_option,   54,  541,  366,  208,  294)
CALL(seccomp,            check_seccomp,        317, NONE,  354,  277,  383)
CALL(prctl,              check_prctl,          157, NONE,  172,  167,  172)
CALL(setrlimit,          check_setrlimit,      160, NONE,   75,  164,   75)
CALL(socketpair,         check_socketpair,      53, NONE,  360,  199,  288)
