# The lab: programs that record the captures of pcaps/ between real kernels.

LAB     := tests/lab
LAB_BIN := $(addprefix $(B)/lab/,router peer watch wrap)
LAB_CC   = mkdir -p $(@D) && $(CC) $(STD) $(WARN) $(WERROR) $(SAN) $(CFLAGS) $(LDFLAGS)

$(B)/lab/router: $(LAB)/router.c $(LAB)/frame.c $(LAB)/rules.c $(LAB)/frame.h $(LAB)/rules.h
	$(call say,LAB,$@)$(LAB_CC) -o $@ $(filter %.c,$^)

$(B)/lab/peer: $(LAB)/peer.c $(LAB)/forge.c $(LAB)/forge.h
	$(call say,LAB,$@)$(LAB_CC) -o $@ $(filter %.c,$^)

$(B)/lab/watch $(B)/lab/wrap: $(B)/lab/%: $(LAB)/%.c
	$(call say,LAB,$@)$(LAB_CC) -o $@ $<

.PHONY: lab
lab: $(LAB_BIN)
everything: $(LAB_BIN)

.PHONY: pcaps
pcaps: $(LAB_BIN) ## record pcaps/ anew (root, Linux): make pcaps NAMES='refused no_answer'
	$(quiet)B=$(B) $(LAB)/run.sh $(NAMES)

.PHONY: wrappings
wrappings: $(B)/lab/wrap ## make the captures of tests/lab/wrappings anew out of recorded ones
	$(quiet)while read -r name base link layers; do \
	    case $$name in ''|'#'*) continue ;; esac; \
	    $< pcaps/$$base.pcap pcaps/$$name.pcap $$link $$layers || exit 1; done <$(LAB)/wrappings

.PHONY: lab-random
lab-random: $(LAB_BIN) $(SYNFIN) ## states and losses read from random connections against the kernels and the router (root, Linux): make lab-random SEED='1 2 3'
	$(quiet)for seed in $(or $(SEED),1); do \
	    B=$(B) $(LAB)/random.sh $$seed && SYNFIN=$(SYNFIN) $(LAB)/check.sh "$${OUT:-$${TMPDIR:-/tmp}/synfin-random}/$$seed" || exit 1; done
