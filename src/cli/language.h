/*
 * In which language the program speaks.
 */
#ifndef SYNFIN_CLI_LANGUAGE_H
#define SYNFIN_CLI_LANGUAGE_H

/*
 * Chooses it before anything is said: by --lang among the arguments, which may still be wrong in
 * every other way; else by LC_ALL, LC_MESSAGES or LANG and LANGUAGE, where they also say UTF-8.
 * Catalogues are looked for beside the program, in share/locale beside its folder, and in
 * `installed`.
 */
void sf_language_choose(int argc, char **argv, const char *installed);

#endif
