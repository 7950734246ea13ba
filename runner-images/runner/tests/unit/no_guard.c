/* qemu-user has no seccomp. There the linker uses this function instead of guard_install() (--wrap). */
#ifdef UNDER_QEMU
int __wrap_guard_install(void);

int __wrap_guard_install(void) {
    return 0;
}
#else
typedef int unused; /* C forbids an empty translation unit */
#endif
