/* qemu-user has no seccomp: there the linker takes this in the guard's place (--wrap). */
#ifdef UNDER_QEMU
int __wrap_guard_install(void);

int __wrap_guard_install(void) {
    return 0;
}
#else
typedef int none; /* a unit must not be empty */
#endif
