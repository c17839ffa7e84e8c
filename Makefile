# synfin: `make help` lists what can be made. Everything made goes to build/.

PREFIX  ?= /usr/local
DESTDIR ?=
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
CC      ?= cc
AR      ?= ar
B       ?= build
V       ?= 0

ifeq ($(V),0)
say = @printf '  %-7s %s\n' '$(1)' '$(2)';
quiet = @
endif

PACKAGES      := libpcap libarchive
TEST_PACKAGES := cmocka
PKG_CONFIG    ?= pkg-config

STD    := -std=c11 -D_GNU_SOURCE -Iinclude -Isrc
WARN   := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
          -Wvla -Wwrite-strings -Wundef
CFLAGS ?= -O2 -g
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
LDHARD := -pie -Wl,-z,relro,-z,now
SAN    ?=
WERROR ?=

PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
PKG_LIBS   = $(shell $(PKG_CONFIG) --libs $(PACKAGES))
ALL_CFLAGS = $(STD) $(WARN) $(WERROR) $(PKG_CFLAGS) $(if $(SAN),$(SAN),$(HARDEN)) $(CFLAGS)
ALL_LDFLAGS = $(if $(SAN),$(SAN),$(LDHARD)) $(LDFLAGS)

ROOMS     := base capture decode track machine words sink engine
LIB_SRC   := $(sort $(foreach room,$(ROOMS),$(wildcard src/$(room)/*.c)))
CLI_SRC   := $(sort $(wildcard src/cli/*.c))
LIB_OBJ   := $(LIB_SRC:%.c=$(B)/%.o)
CLI_OBJ   := $(CLI_SRC:%.c=$(B)/%.o)
UNIT_SRC  := $(sort $(wildcard tests/unit/*/*_test.c))
UNIT_BIN  := $(UNIT_SRC:%.c=$(B)/%)
UNIT_AID  := $(sort $(wildcard tests/unit/*.c))
UNIT_AID_OBJ := $(UNIT_AID:%.c=$(B)/%.o)
SYNFIN    := $(B)/synfin
LIBSYNFIN := $(B)/libsynfin.a

.PHONY: all
all: $(SYNFIN)

$(SYNFIN): $(CLI_OBJ) $(LIBSYNFIN)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(LIBSYNFIN): $(LIB_OBJ)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(B)/src/%.o: src/%.c | check-packages
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

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
	$(quiet)$(MAKE) --no-print-directory all
	$(quiet)$(SYNFIN) ladder pcaps/close4_client_first.pcap

.PHONY: test
test: deps ## install what is missing, build, pass all tests
	$(quiet)$(MAKE) --no-print-directory check

.PHONY: check
check: unit golden docs-check live

.PHONY: unit
unit: $(UNIT_BIN) ## the cmocka tests
	$(quiet)tests/run-unit.sh $(UNIT_BIN)

$(B)/tests/unit/%.o: tests/unit/%.c | check-test-packages
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -Itests/unit -MMD -MP -c -o $@ $<

$(B)/tests/unit/%_test: $(B)/tests/unit/%_test.o $(UNIT_AID_OBJ) $(LIBSYNFIN)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) $(shell $(PKG_CONFIG) --libs cmocka)

.PRECIOUS: $(B)/tests/unit/%.o

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(UNIT_BIN:=.d) $(UNIT_AID_OBJ:.o=.d)

.PHONY: clean
clean: ## remove build/
	rm -rf build

.PHONY: help
help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	    awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'
