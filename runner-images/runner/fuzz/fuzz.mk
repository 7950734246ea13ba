# libFuzzer with ASan and UBSan on what reads other people's bytes: FUZZ_SECONDS for each of FUZZERS; needs clang (CLANG).
# Starts from fuzz/corpus; what is new goes to $(OUT)/corpus-*, a finding to $(OUT)/fault-*.
CLANG ?= clang
FUZZ_SECONDS ?= 30
FUZZERS := scan payload warm result
FUZZ_FLAGS := -max_len=4096 -dict=fuzz/payload.dict -close_fd_mask=1 -print_final_stats=1

FUZZ_SANITIZE := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

# The corpus: seeds with names, and of what was found since (`-set_cover_merge=1`, 512 bytes at most) the forty largest, named by their hash.
.PHONY: fuzz
.SECONDARY:
fuzz: $(FUZZERS:%=fuzz-%)

# Says one line for each; the log is shown where there is a finding.
$(FUZZERS:%=fuzz-%): fuzz-%: $(OUT)/fuzz-%
	@mkdir -p $(OUT)/corpus-$*
	@if $< -max_total_time=$(FUZZ_SECONDS) $(FUZZ_FLAGS) -artifact_prefix=$(OUT)/fault-$*- $(OUT)/corpus-$* fuzz/corpus/$* > $(OUT)/fuzz-$*.log 2>&1; \
	then echo "ok fuzz $*: $(FUZZ_SECONDS) s, $$(sed -n 's/stat::number_of_executed_units: *//p' $(OUT)/fuzz-$*.log) inputs"; \
	else cat $(OUT)/fuzz-$*.log; echo "not ok fuzz $*"; exit 1; fi

$(FUZZERS:%=$(OUT)/fuzz-%): $(OUT)/fuzz-%: $(OUT)/fuzz-main-%.o $(TESTED:%.c=$(OUT)/fuzz-tested-%.o) $(OUT)/fuzz-yyjson.o
	$(CLANG) -fsanitize=fuzzer,address,undefined -o $@ $^

$(OUT)/fuzz-main-%.o: fuzz/%.c $(HEADERS) Makefile fuzz/fuzz.mk | $(OUT)/.vendor
	$(CLANG) $(COMMON) $(WARNINGS) $(FUZZ_SANITIZE) -I. -c -o $@ $<

$(OUT)/fuzz-tested-%.o: %.c $(HEADERS) Makefile fuzz/fuzz.mk | $(OUT)/.vendor
	$(CLANG) $(COMMON) -w $(FUZZ_SANITIZE) -c -o $@ $<

# A trap instead of a message: the compiler is three times as fast.
$(OUT)/fuzz-yyjson.o: $(OUT)/.vendor Makefile fuzz/fuzz.mk
	$(CLANG) $(YYJSON_FLAGS) $(FUZZ_SANITIZE) -fsanitize-trap=undefined -c -o $@ $(YYJSON)/yyjson.c
