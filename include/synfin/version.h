/* The one place that knows the version. */
#ifndef SYNFIN_VERSION_H
#define SYNFIN_VERSION_H

#define SF_VERSION "0.1.0"

#endif
