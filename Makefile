# synfin: `make help` lists what can be made. Everything made goes to build/.

PREFIX  ?= /usr/local
DESTDIR ?=
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
DOCDIR  ?= $(PREFIX)/share/doc/synfin
LOCALEDIR ?= $(PREFIX)/share/locale
CC      ?= cc
AR      ?= ar
B       ?= build
V       ?= 0

ifeq ($(V),0)
say = @printf '  %-7s %s\n' '$(1)' '$(2)';
quiet = @
endif

PACKAGES      := libpcap libarchive libseccomp libmnl zlib
TEST_PACKAGES := cmocka
PKG_CONFIG    ?= pkg-config

STD    := -std=c11 -pthread -D_GNU_SOURCE -Iinclude -Isrc
WARN   := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
          -Wvla -Wwrite-strings -Wundef
CFLAGS ?= -O3 -g
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
LDHARD := -pie -Wl,-z,relro,-z,now
SAN    ?=
WERROR ?=
# The program is optimised as a whole, a tenth to a fifth faster. Objects hold plain code as well, for all
# the programs of the tests. Only gcc can do both at once.
WHOLE  := $(if $(SAN),,$(shell echo | $(CC) -flto=auto -ffat-lto-objects -dM -E - 2>/dev/null | grep -q __clang__ || \
              echo -flto=auto -ffat-lto-objects))

# … and are to be linked with the plain code, or each of them takes ten seconds.
APART   = $(if $(WHOLE),-fno-use-linker-plugin)

PKG_CFLAGS  := $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS    := $(shell $(PKG_CONFIG) --libs $(PACKAGES) 2>/dev/null)
TEST_LIBS   := $(shell $(PKG_CONFIG) --libs $(TEST_PACKAGES) 2>/dev/null)
ALL_CFLAGS   = $(STD) $(WARN) $(WERROR) $(PKG_CFLAGS) $(if $(SAN),$(SAN),$(HARDEN)) $(CFLAGS)
OBJ_CFLAGS   = $(ALL_CFLAGS) $(WHOLE)
ALL_LDFLAGS  = $(if $(SAN),$(SAN),$(LDHARD)) -pthread $(LDFLAGS)
# As many jobs as processors, unless the caller has said how many.
JOBS         = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))

ROOMS     := base capture decode track machine words sink engine
LIB_SRC   := $(sort $(foreach room,$(ROOMS),$(wildcard src/$(room)/*.c)))
CLI_SRC   := $(sort $(wildcard src/cli/*.c))
LIB_OBJ   := $(LIB_SRC:%.c=$(B)/%.o) $(B)/assets.o
ASSETS    := src/sink/report.css src/sink/report.js
CLI_OBJ   := $(CLI_SRC:%.c=$(B)/%.o)
# The textbook's captures are built in, as C made of them.
FIGURES   := include/synfin/findings.def src/words/textbook.def
CLI_OBJ   += $(B)/captures.o
CLI_PARTS := $(filter-out $(B)/src/cli/main.o,$(CLI_OBJ))
UNIT_SRC  := $(sort $(wildcard tests/unit/*/*_test.c))
UNIT_BIN  := $(UNIT_SRC:%.c=$(B)/%)
UNIT_AID  := $(sort $(wildcard tests/unit/*.c))
UNIT_AID_OBJ := $(UNIT_AID:%.c=$(B)/%.o)
SIM_SRC   := $(sort $(wildcard tests/simulate/*.c))
SIM_OBJ   := $(SIM_SRC:%.c=$(B)/%.o)
SIMULATE  := $(B)/tests/simulate/simulate
FAULT     := $(B)/tests/faults/fail_read.so
HOSTILE   := $(B)/tests/hostile/hostile
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
BENCH_BIN := $(BENCH_SRC:%.c=$(B)/%)
HEADERS   := $(sort $(wildcard include/synfin/*.h))
SYNFIN    := $(B)/synfin
LIBSYNFIN := $(B)/libsynfin.a
PAGES     := man/synfin.1 man/synfin-findings.7 man/zh_CN/synfin.1

.DEFAULT_GOAL := all
# The lab records the captures of pcaps/ (make pcaps); its programs are LAB_BIN.
-include tests/lab/lab.mk
-include tests/fuzz/fuzz.mk

# One catalogue for each translation, where the program looks for it.
PO        := $(wildcard src/words/*.po)
CATALOGUES := $(PO:src/words/%.po=$(B)/locale/%/LC_MESSAGES/synfin.mo)

.PHONY: all
all: $(SYNFIN) $(CATALOGUES) ## build the program (build/synfin)

$(SYNFIN): $(CLI_OBJ) $(LIBSYNFIN)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(WHOLE) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

# What stands for PRIu64 and its like in texts is known when they are compiled.
PRI64 = $(shell echo PRIu64 | $(CC) -E -P -include inttypes.h -x c - | tail -n 1 | tr -d '" u')
$(B)/locale/%/LC_MESSAGES/synfin.mo: src/words/%.po
	$(call say,MO,$@)mkdir -p $(@D) && sed 's/<PRI\([ud]\)64>/$(PRI64)\1/g; s/<PRI\([ud]\)32>/\1/g' $< | \
	    msgfmt --check-format -o $@ -

# q, not r: two rooms may have a file of the same name.
$(LIBSYNFIN): $(LIB_OBJ)
	$(call say,AR,$@)rm -f $@ && $(AR) qcs $@ $^

$(B)/src/%.o: src/%.c | check-packages
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(OBJ_CFLAGS) $(DEFINE) -MMD -MP -c -o $@ $<

$(B)/captures.c: src/cli/captures.sh $(FIGURES) $(wildcard pcaps/*.pcap)
	$(call say,FIGURES,$@)mkdir -p $(@D) && $< $(FIGURES) >$@.part && mv $@.part $@

$(B)/assets.c: src/sink/assets.sh $(ASSETS)
	$(call say,ASSETS,$@)mkdir -p $(@D) && $< $(ASSETS) >$@.part && mv $@.part $@

$(B)/captures.o $(B)/assets.o: $(B)/%.o: $(B)/%.c
	$(call say,CC,$<)$(CC) $(OBJ_CFLAGS) -c -o $@ $<

$(B)/src/cli/main.o: DEFINE = -DSF_LOCALEDIR='"$(LOCALEDIR)"'

# ---- what must be there to build --------------------------------------------------------------

.PHONY: check-packages check-test-packages
check-packages:
	$(quiet)tests/deps.sh check $(PACKAGES)
check-test-packages:
	$(quiet)tests/deps.sh check $(PACKAGES) $(TEST_PACKAGES)

.PHONY: deps deps-dev
deps: ## install what building and the C tests need
	$(quiet)tests/deps.sh install
deps-dev: ## install compilers, linters and peers as well
	$(quiet)tests/deps.sh install-dev

# ---- the two commands -------------------------------------------------------------------------

.PHONY: demo
demo: deps ## install what is missing, build, show the ladder of a real connection
	$(quiet)$(MAKE) --no-print-directory $(JOBS) all
	$(quiet)$(SYNFIN) ladder pcaps/close4_client_first.pcap

.PHONY: test
test: deps ## install what is missing, build, pass all tests
	$(quiet)$(MAKE) --no-print-directory $(JOBS) check

# ---- tests ------------------------------------------------------------------------------------

TEST_ENV = B=$(B) SYNFIN=$(SYNFIN)

.PHONY: check
check: $(SYNFIN) $(CATALOGUES) $(UNIT_BIN) $(SIMULATE) $(LAB_BIN) $(FUZZ_REPLAY) $(FAULT) $(HOSTILE) $(B)/tests/bench/generate $(B)/findings.7 ## all tests, nothing installed
	$(quiet)$(TEST_ENV) tests/all.sh $(UNIT_BIN)

.PHONY: unit
unit: $(UNIT_BIN) ## the cmocka tests
	$(quiet)tests/run-unit.sh $(UNIT_BIN)

.PHONY: simulate
simulate: $(SIMULATE) ## N random conversations (N=1000000 SEED=9293) against their true states
	$(quiet)$(SIMULATE) -v -j $(shell nproc) -n $(or $(N),1000000) $(if $(SEED),-s $(SEED))

.PHONY: golden
golden: $(SYNFIN) $(CATALOGUES) ## what the program prints on real captures, byte for byte
	$(quiet)$(TEST_ENV) tests/golden.sh $(CASE)

.PHONY: bless
bless: $(SYNFIN) $(CATALOGUES) ## rewrite one expected file: make bless CASE=name; then read its diff
	$(quiet)$(TEST_ENV) tests/golden.sh --bless $(or $(CASE),$(error which one? make bless CASE=name))

.PHONY: docs-check
docs-check: $(SYNFIN) $(CATALOGUES) $(B)/findings.7 ## manual pages, --help and README against the program
	$(quiet)$(TEST_ENV) tests/docs.sh

.PHONY: asan
asan: ## all tests under AddressSanitizer and UBSan
	$(quiet)$(MAKE) --no-print-directory $(JOBS) check B=build/asan CFLAGS='-O1 -g -fno-omit-frame-pointer' \
	    SAN='-fsanitize=address,undefined -fno-sanitize-recover=undefined'

.PHONY: tsan
tsan: ## the tests of what runs in two threads, under ThreadSanitizer
	$(quiet)$(MAKE) --no-print-directory $(JOBS) threads-check B=build/tsan CFLAGS='-O1 -g' SAN='-fsanitize=thread'

.PHONY: threads-check
threads-check: $(addprefix $(B)/tests/unit/,capture/blocks_test capture/reader_test engine/session_test)
	$(quiet)tests/run-unit.sh $^

.PHONY: bench
bench: $(SYNFIN) $(BENCH_BIN) ## time and memory on generated captures: make bench SCALE=10 CASES='handshakes mix'
	$(quiet)$(B)/tests/bench/bench $(SYNFIN) $(B)/tests/bench/null_loop $(B)/tests/bench/generate \
	    $(B)/bench $(or $(ROUNDS),7) $(or $(SCALE),1) $(B)/bench.json $(CASES)

$(B)/tests/unit/%.o: tests/unit/%.c | check-test-packages
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -Itests/unit -MMD -MP -c -o $@ $<

$(B)/tests/unit/%_test: $(B)/tests/unit/%_test.o $(UNIT_AID_OBJ) $(LIBSYNFIN)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) $(APART) -o $@ $^ $(PKG_LIBS) $(TEST_LIBS)

# The commands without main(), for the tests of that room.
$(B)/libcli.a: $(CLI_PARTS)
	$(call say,AR,$@)rm -f $@ && $(AR) qcs $@ $^

$(B)/tests/unit/cli/%_test: $(B)/tests/unit/cli/%_test.o $(UNIT_AID_OBJ) $(B)/libcli.a $(LIBSYNFIN)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) $(APART) -o $@ $^ $(PKG_LIBS) $(TEST_LIBS)

$(B)/tests/simulate/%.o: tests/simulate/%.c | check-packages
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(SIMULATE): $(SIM_OBJ) $(LIBSYNFIN)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) $(APART) -o $@ $^ $(PKG_LIBS)

# Made twice: what the first one counts of its branches is what the second one is laid out by.
TRAINING := handshakes mix bulk
.PHONY: trained trained-counts
trained: ## build/trained/synfin, optimised by what it does on generated captures and pcaps/: needs gcc
	$(if $(WHOLE),,$(error make trained needs gcc: $(CC) is another compiler))
	$(quiet)rm -rf build/trained
	$(quiet)$(MAKE) --no-print-directory $(JOBS) trained-counts B=build/trained \
	    CFLAGS='$(CFLAGS) -fprofile-generate -fprofile-update=prefer-atomic'
	$(quiet)find build/trained -name '*.o' -delete
	$(quiet)$(MAKE) --no-print-directory $(JOBS) all B=build/trained \
	    CFLAGS='$(CFLAGS) -fprofile-use -fprofile-correction -Wno-missing-profile'

trained-counts: $(B)/tests/bench/train $(B)/tests/bench/generate
	$(call say,TRAIN,$(TRAINING))for kind in $(TRAINING); do \
	    $(B)/tests/bench/generate $$kind 20 >$(B)/$$kind.pcap 2>/dev/null || exit 1; done
	$(quiet)$(B)/tests/bench/train $(TRAINING:%=$(B)/%.pcap) $(wildcard pcaps/*.pcap)
	$(quiet)rm -f $(TRAINING:%=$(B)/%.pcap)

.PHONY: test-report
test-report: $(SYNFIN) $(B)/tests/bench/generate ## the pages of `synfin report` in headless Chromium
	$(quiet)tests/deps.sh install-pages
	$(quiet)$(TEST_ENV) tests/report/run.sh

.PHONY: soak-live
soak-live: $(SYNFIN) $(B)/tests/soak/talk ## an hour (MINUTES=60) of live traffic in namespaces, as root
	$(quiet)$(TEST_ENV) tests/soak.sh

$(B)/tests/soak/%: tests/soak/%.c
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) $(STD) $(WARN) $(WERROR) $(CFLAGS) -o $@ $<

$(HOSTILE): tests/hostile/hostile.c
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) $(STD) $(WARN) $(WERROR) $(CFLAGS) -o $@ $<

$(FAULT): tests/faults/fail_read.c
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) $(STD) $(WARN) $(WERROR) $(CFLAGS) -fPIC -shared -o $@ $<

$(B)/tests/bench/%: tests/bench/%.c $(LIBSYNFIN) | check-packages
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(LIBSYNFIN) $(PKG_LIBS)

.PRECIOUS: $(B)/tests/unit/%.o

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(UNIT_BIN:=.d) $(UNIT_AID_OBJ:.o=.d) $(SIM_OBJ:.o=.d) \
    $(BENCH_BIN:=.d)

# ---- manual pages -----------------------------------------------------------------------------

$(B)/findings_page: man/findings_page.c $(wildcard include/synfin/*.def include/synfin/*.h)
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(STD) $(WARN) $(WERROR) $(CFLAGS) -o $@ $<

$(B)/findings.7: $(B)/findings_page man/synfin-findings.7.in
	$(call say,MAN,$@)$< <man/synfin-findings.7.in >$@.part && mv $@.part $@

.PHONY: man
man: $(B)/findings.7 ## write man/synfin-findings.7 anew from the catalogue
	$(quiet)cp $< man/synfin-findings.7

.PHONY: readme
readme: $(SYNFIN) ## write what the examples of both READMEs print anew; then read the diff
	$(quiet)TZ=UTC LC_ALL=C.UTF-8 COLUMNS=80 awk -v synfin=$(SYNFIN) -f tests/readme.awk README.md >$(B)/README.md
	$(quiet)cp $(B)/README.md README.md
	$(quiet)TZ=UTC LC_ALL=C.UTF-8 COLUMNS=80 awk -v synfin=$(SYNFIN) -f tests/readme.awk README.zh-CN.md >$(B)/README.md
	$(quiet)cp $(B)/README.md README.zh-CN.md

# ---- how the sources are kept -----------------------------------------------------------------

C_FILES = $(shell git ls-files '*.c' '*.h')

.PHONY: lint
lint: rooms headers lint-build tidy cppcheck format-check lint-pages lint-scripts ## all checks of the sources

.PHONY: lint-build
lint-build: ## everything, warnings as errors, with gcc and clang
	$(quiet)$(MAKE) --no-print-directory $(JOBS) everything B=build/lint-gcc CC=gcc WERROR=-Werror CFLAGS='-O2 -g' WHOLE=
	$(quiet)$(MAKE) --no-print-directory $(JOBS) everything B=build/lint-clang CC=clang WERROR=-Werror CFLAGS='-O2 -g'

.PHONY: everything
everything: $(SYNFIN) $(UNIT_BIN) $(SIMULATE) $(BENCH_BIN) $(LAB_BIN) $(FUZZ_REPLAY) $(B)/findings.7

.PHONY: tidy
tidy: ## clang-tidy by .clang-tidy
	$(call say,TIDY,src)mkdir -p $(B) && printf '%s\n' $(LIB_SRC) $(CLI_SRC) | xargs -P $(shell nproc) -n 4 \
	    sh -c 'clang-tidy --quiet --warnings-as-errors="*" "$$@" -- $(STD) $(PKG_CFLAGS)' tidy \
	    2>$(B)/tidy.log || { cat $(B)/tidy.log; exit 1; }

.PHONY: cppcheck
cppcheck:
	$(call say,CPPCHK,src)mkdir -p $(B)/cppcheck && cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
	    --enable=warning,portability,performance --cppcheck-build-dir=$(B)/cppcheck \
	    --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -Iinclude -Isrc -D_GNU_SOURCE \
	    -D__BYTE_ORDER__=1234 -D__ORDER_LITTLE_ENDIAN__=1234 src

.PHONY: format format-check
format: ## lay all C out by .clang-format
	$(quiet)clang-format -i $(C_FILES)
format-check:
	$(call say,FORMAT,src include tests)clang-format --dry-run -Werror $(C_FILES)

.PHONY: rooms
rooms: ## who includes whom, against src/rooms
	$(call say,ROOMS,src/rooms)awk -f tests/rooms.awk src/rooms $(LIB_SRC) $(CLI_SRC) $(wildcard src/*/*.h) $(HEADERS)

.PHONY: headers
headers: | check-packages ## each header compiles alone
	$(call say,HEADERS,include src)for header in $(HEADERS) $(sort $(wildcard src/*/*.h)); do \
	    printf '#include "%s"\ntypedef int alone;\n' "$$header" | \
	    $(CC) $(STD) $(WARN) -Werror -Wno-unused-function $(PKG_CFLAGS) -I. -fsyntax-only -x c - || exit 1; done

.PHONY: lint-pages
lint-pages:
	$(call say,MANDOC,$(PAGES))mandoc -T lint $(PAGES) 2>&1 | grep -vE 'outdated mandoc.db|referenced manual not found|zh_CN.*(80 bytes|trailing delimiter)' >$(B)/pages.log; \
	    cat $(B)/pages.log; test ! -s $(B)/pages.log

.PHONY: lint-scripts
lint-scripts:
	$(call say,BASH,tests)for script in $$(git ls-files '*.sh' .ci/run); do bash -n "$$script" || exit 1; done

.PHONY: po
po: ## collect all texts to be translated into build/synfin.pot
	$(quiet)mkdir -p $(B) && xgettext --from-code=UTF-8 --language=C --keyword=_ --keyword=N_ --keyword=sf_translate_n:1,2 --keyword=sf_error_set:4 --keyword=ANNOTATION_N:2,3 --keyword=FIGURE:5,6 --add-comments=TRANSLATORS \
	    --package-name=synfin --sort-by-file -o $(B)/synfin.pot $(sort $(wildcard include/synfin/*.def src/*/*.def)) \
	    $(LIB_SRC) $(CLI_SRC) $(wildcard src/*/*.h)
	$(call say,PO,$(B)/synfin.pot)true

# ---- installing -------------------------------------------------------------------------------

.PHONY: install
install: $(SYNFIN) $(CATALOGUES) ## put program, manual pages and README below PREFIX (default /usr/local)
	$(quiet)install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man7 $(DESTDIR)$(DOCDIR)
	$(quiet)install -m 755 $(SYNFIN) $(DESTDIR)$(BINDIR)/synfin
	$(quiet)install -m 644 man/synfin.1 $(DESTDIR)$(MANDIR)/man1/synfin.1
	$(quiet)install -d $(DESTDIR)$(MANDIR)/zh_CN/man1
	$(quiet)install -m 644 man/zh_CN/synfin.1 $(DESTDIR)$(MANDIR)/zh_CN/man1/synfin.1
	$(quiet)for catalogue in $(PO:src/words/%.po=%); do \
	    install -D -m 644 $(B)/locale/$$catalogue/LC_MESSAGES/synfin.mo \
	        $(DESTDIR)$(LOCALEDIR)/$$catalogue/LC_MESSAGES/synfin.mo || exit 1; done
	$(quiet)install -m 644 man/synfin-findings.7 $(DESTDIR)$(MANDIR)/man7/synfin-findings.7
	$(quiet)install -m 644 README.md README.zh-CN.md CHANGELOG.md LICENSE $(DESTDIR)$(DOCDIR)

.PHONY: uninstall
uninstall: ## remove what install put there
	$(quiet)rm -f $(DESTDIR)$(BINDIR)/synfin $(DESTDIR)$(MANDIR)/man1/synfin.1 \
	    $(DESTDIR)$(MANDIR)/man7/synfin-findings.7 $(DESTDIR)$(MANDIR)/zh_CN/man1/synfin.1 \
	    $(PO:src/words/%.po=$(DESTDIR)$(LOCALEDIR)/%/LC_MESSAGES/synfin.mo) $(DESTDIR)$(DOCDIR)/README.zh-CN.md \
	    $(DESTDIR)$(DOCDIR)/README.md $(DESTDIR)$(DOCDIR)/CHANGELOG.md $(DESTDIR)$(DOCDIR)/LICENSE
	$(quiet)rmdir $(DESTDIR)$(DOCDIR) 2>/dev/null || true

.PHONY: clean
clean: ## remove build/
	rm -rf build

.PHONY: help
help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'
