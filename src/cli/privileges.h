/*
 * Giving up what is not needed once everything is open: not one byte of a packet is looked at with
 * more rights than reading takes.
 */
#ifndef SYNFIN_CLI_PRIVILEGES_H
#define SYNFIN_CLI_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include <synfin/error.h>

/* Who the program becomes. All zero: it stays who it is. */
struct sf_identity {
    bool changes;
    char name[64]; /* for its groups and for messages; "" where it has none */
    uid_t user;
    gid_t group;
};

/*
 * May the program run like this at all? Not with the set-user-ID bit: its outputs would be opened
 * with rights that the caller does not have. Returns 0, or SF_E_PERMISSION.
 */
int sf_privileges_check(struct sf_error *err);

/*
 * Has the program rights that its caller's other programs have not, or all of them: is it root's,
 * or does it have capabilities? Then the environment is not to be trusted.
 */
bool sf_privileges_has_any(void);

/*
 * Chooses who a capture is to run as: the user called `wanted`, by name or number (NULL: whoever
 * called sudo, else nobody). A program that is not root's stays who it is. Looks names up, so call
 * it early. Returns 0, SF_E_USAGE (no such user) or SF_E_PERMISSION (another user is wanted, and
 * only root may become one).
 */
int sf_privileges_choose(struct sf_identity *identity, const char *wanted, struct sf_error *err);

/*
 * Gives the file behind the descriptor to who the program becomes, so that it may be read again and
 * belongs to whom it was written for. Only regular files of root's are given, and none of the
 * standard streams: those are the caller's. -1 is fine. Returns 0 or SF_E_SYSTEM.
 */
int sf_privileges_give(const struct sf_identity *identity, int fd, struct sf_error *err);

/*
 * Becomes that user, for good, with that user's groups; gives up all capabilities; rules out that
 * new ones are gained; and looks whether all that is so. Returns 0 or SF_E_SYSTEM: then the capture
 * must not go on.
 */
int sf_privileges_drop(const struct sf_identity *identity, struct sf_error *err);

#endif
