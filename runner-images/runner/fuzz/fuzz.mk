# `make fuzz`: libFuzzer with ASan and UBSan on the code that reads untrusted bytes, FUZZ_SECONDS for each of FUZZERS.
# Needs clang (CLANG). Starts from fuzz/corpus; new inputs go to $(OUT)/corpus-*, crashes to $(OUT)/crash-*.
CLANG ?= clang
FUZZ_SECONDS ?= 30
FUZZERS := scan payload warm result glob events interaction
FUZZ_FLAGS := -max_len=4096 -dict=fuzz/payload.dict -close_fd_mask=1 -print_final_stats=1

FUZZ_SANITIZE := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

# The corpus contains seeds, which have names, and the forty largest inputs that a merge kept (`-set_cover_merge=1`,
# at most 512 bytes each), named by their hash.
.PHONY: fuzz
.SECONDARY:
fuzz: $(FUZZERS:%=fuzz-%)

# Prints one line for each fuzzer, and the log of a fuzzer that failed.
$(FUZZERS:%=fuzz-%): fuzz-%: $(OUT)/fuzz-%
	@mkdir -p $(OUT)/corpus-$*
	@if $< -max_total_time=$(FUZZ_SECONDS) $(FUZZ_FLAGS) -artifact_prefix=$(OUT)/crash-$*- $(OUT)/corpus-$* fuzz/corpus/$* > $(OUT)/fuzz-$*.log 2>&1; \
	then echo "ok fuzz $*: $(FUZZ_SECONDS) s, $$(sed -n 's/stat::number_of_executed_units: *//p' $(OUT)/fuzz-$*.log) inputs"; \
	else cat $(OUT)/fuzz-$*.log; echo "not ok fuzz $*"; exit 1; fi

$(FUZZERS:%=$(OUT)/fuzz-%): $(OUT)/fuzz-%: $(OUT)/fuzz-main-%.o $(TESTED:%.c=$(OUT)/fuzz-tested-%.o) $(OUT)/fuzz-yyjson.o
	$(CLANG) -fsanitize=fuzzer,address,undefined -o $@ $^

$(OUT)/fuzz-main-%.o: fuzz/%.c $(wildcard fuzz/*.h) $(HEADERS) Makefile fuzz/fuzz.mk | $(OUT)/.vendor
	$(CLANG) $(COMMON) $(WARNINGS) $(FUZZ_SANITIZE) -I. -Ifuzz -c -o $@ $<

$(OUT)/fuzz-tested-%.o: %.c $(HEADERS) Makefile fuzz/fuzz.mk | $(OUT)/.vendor
	$(CLANG) $(COMMON) -w $(FUZZ_SANITIZE) -c -o $@ $<

# Traps without messages, because this compiles three times as fast.
$(OUT)/fuzz-yyjson.o: $(OUT)/.vendor Makefile fuzz/fuzz.mk
	$(CLANG) $(YYJSON_FLAGS) $(FUZZ_SANITIZE) -fsanitize-trap=undefined -c -o $@ $(YYJSON)/yyjson.c
