# The lab: programs that record the captures of pcaps/ between real kernels.

LAB     := tests/lab
LAB_BIN := $(addprefix $(B)/lab/,router peer watch)
LAB_CC   = mkdir -p $(@D) && $(CC) $(STD) $(WARN) $(WERROR) $(SAN) $(CFLAGS) $(LDFLAGS)

$(B)/lab/router: $(LAB)/router.c $(LAB)/frame.c $(LAB)/rules.c $(LAB)/frame.h $(LAB)/rules.h
	$(call say,LAB,$@)$(LAB_CC) -o $@ $(filter %.c,$^)

$(B)/lab/peer $(B)/lab/watch: $(B)/lab/%: $(LAB)/%.c
	$(call say,LAB,$@)$(LAB_CC) -o $@ $<

.PHONY: lab
lab: $(LAB_BIN)
everything: $(LAB_BIN)

.PHONY: pcaps
pcaps: $(LAB_BIN) ## record pcaps/ anew (root, Linux): make pcaps NAMES='refused no_answer'
	$(quiet)B=$(B) $(LAB)/run.sh $(NAMES)
