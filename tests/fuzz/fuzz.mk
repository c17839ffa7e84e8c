# Fuzzing: `make fuzz SECONDS=60`. Seeds are made from pcaps/, and seeds/ROOM has what once failed.
# What `make check` runs is every seed once, without a fuzzer.

FUZZ         := tests/fuzz
SECONDS      ?= 60
FUZZ_TARGETS := $(patsubst $(FUZZ)/fuzz_%.c,%,$(wildcard $(FUZZ)/fuzz_*.c))
FUZZ_SAN     := address,undefined
FUZZ_REPLAY  := $(FUZZ_TARGETS:%=$(B)/fuzz/replay_%) $(B)/fuzz/make_seeds

# What targets share: how conversations are written down, and, with a fuzzer only, how they change.
FUZZ_TALK         := $(FUZZ)/conversation.c
FUZZ_AID_flows    := $(FUZZ_TALK)
FUZZ_AID_sinks    := $(FUZZ_TALK)
FUZZ_CHANGE_flows := $(FUZZ)/mutate.c
FUZZ_CHANGE_sinks := $(FUZZ)/mutate.c

.SECONDEXPANSION:

$(B)/fuzz/replay_%: $(FUZZ)/fuzz_%.c $(FUZZ)/replay.c $$(FUZZ_AID_$$*) $(wildcard $(FUZZ)/*.h) $(LIBSYNFIN) | check-packages
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(APART) -o $@ $(filter %.c %.a,$^) $(PKG_LIBS)

$(B)/fuzz/make_seeds: $(FUZZ)/make_seeds.c $(FUZZ_TALK) $(wildcard $(FUZZ)/*.h) $(LIBSYNFIN) | check-packages
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(APART) -o $@ $(filter %.c %.a,$^) $(PKG_LIBS)

# Needs clang's runtime library; gcc builds everything else.
$(B)/fuzz/fuzz_%: $(FUZZ)/fuzz_%.c $$(FUZZ_AID_$$*) $$(FUZZ_CHANGE_$$*) $(LIBSYNFIN) | check-packages
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(ALL_LDFLAGS) -o $@ $(filter %.c %.a,$^) $(PKG_LIBS)

.PHONY: fuzz fuzz-run
fuzz: ## fuzz each target for SECONDS (60): needs clang
	$(quiet)$(MAKE) --no-print-directory $(JOBS) fuzz-run B=build/fuzz CC=clang CFLAGS='-O1 -g -fno-omit-frame-pointer' \
	    SAN='-fsanitize=fuzzer-no-link,$(FUZZ_SAN) -fno-sanitize-recover=undefined'

fuzz-run: $(FUZZ_TARGETS:%=$(B)/fuzz/fuzz_%) $(B)/fuzz/make_seeds
	$(quiet)B=$(B) SECONDS_EACH=$(SECONDS) $(FUZZ)/fuzz.sh $(FUZZ_TARGETS)

.PHONY: coverage coverage-run
coverage: ## lines and branches that fuzz targets and unit tests reach, after make fuzz: needs clang and llvm
	$(quiet)$(MAKE) --no-print-directory $(JOBS) coverage-run B=build/coverage CC=clang CFLAGS='-O1 -g' \
	    SAN='-fprofile-instr-generate -fcoverage-mapping'

coverage-run: $(FUZZ_REPLAY) $(UNIT_BIN)
	$(quiet)B=$(B) $(FUZZ)/coverage.sh $(FUZZ_TARGETS) -- $(UNIT_BIN)
