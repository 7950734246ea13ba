# `make check-aarch64`: cross-compiles the runner and its unit tests (gcc-aarch64-linux-gnu, libc6-dev-arm64-cross)
# and runs them with qemu-user, which supports neither seccomp nor ASan. Therefore, only the interpreter in
# tests/unit/guard.c runs the guard's filter, and children start without the guard (tests/unit/no_guard.c). qemu-user
# also lacks the stack limit of a program and the last real-time signals, so two tests do not run
# (tests/unit/limits.c, tests/unit/io.c).
#
# With the headers of linux-libc-dev-armhf-cross, it also compares the numbers of the 32-bit calls.
AARCH64 ?= aarch64-linux-gnu-
QEMU_AARCH64 ?= $(firstword $(wildcard /usr/bin/qemu-aarch64-static /usr/bin/qemu-aarch64))
ARM_INCLUDE ?= $(firstword $(wildcard /usr/arm-linux-gnueabihf/include /usr/arm-linux-gnueabi/include))
AARCH64_OUT := $(OUT)/aarch64

.PHONY: check-aarch64 $(AARCH64_OUT)/check $(AARCH64_OUT)/runner
check-aarch64: $(AARCH64_OUT)/check $(AARCH64_OUT)/runner
	@$(AARCH64)readelf -h $(AARCH64_OUT)/runner | grep -q 'Machine:.*AArch64'
	@! $(AARCH64)readelf -l $(AARCH64_OUT)/runner | grep -q INTERP
	@test "$$(printf '{"files":[]}' | $(QEMU_AARCH64) $(AARCH64_OUT)/runner | head -c 10)" = '{"stdout":'
	@$(QEMU_AARCH64) $(AARCH64_OUT)/check

# Uses another make process, because the flags depend on the compiler.
$(AARCH64_OUT)/runner:
	@$(MAKE) --no-print-directory OUT=$(AARCH64_OUT) CC=$(AARCH64)gcc $@
$(AARCH64_OUT)/check:
	@$(MAKE) --no-print-directory OUT=$(AARCH64_OUT) CC=$(AARCH64)gcc SANITIZE="-O1 -g -static -DUNDER_QEMU -Wl,--wrap=guard_install" \
	  NUMBERS="$(if $(ARM_INCLUDE),-isystem $(ARM_INCLUDE) -DARM_UNISTD='<asm/unistd.h>')" $@
$(OUT)/check-unit-guard_numbers_32.o: WARNINGS += $(NUMBERS)
