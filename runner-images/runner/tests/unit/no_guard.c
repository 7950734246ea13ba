/* qemu-user does not support seccomp, so the linker replaces guard_install() by this function (--wrap). */
#ifdef UNDER_QEMU
int __wrap_guard_install(void);

int __wrap_guard_install(void) {
    return 0;
}
#else
typedef int unused; /* C forbids an empty translation unit */
#endif
