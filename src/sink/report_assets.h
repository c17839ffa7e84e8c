/*
 * The style sheet and the script of the page: report.css and report.js, built in by assets.sh.
 */
#ifndef SYNFIN_SINK_REPORT_ASSETS_H
#define SYNFIN_SINK_REPORT_ASSETS_H

extern const char sf_report_css[];
extern const char sf_report_js[];

/* "sha256-…" of the script, as a content security policy names it. */
extern const char sf_report_js_hash[];

#endif
