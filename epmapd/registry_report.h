/*
 * The mapper's answer to its supervisor's question what is registered.
 */
#ifndef EPMAPD_REGISTRY_REPORT_H
#define EPMAPD_REGISTRY_REPORT_H

#include "epmapd/registry.h"

/* Sends the next entries after the one with that sequence number as status lines: "entry"
 * with struct ctl_entry (idl/epmctl.x) in XDR, in hexadecimal, CTL_MAX_PAGE times at the
 * most, then "end" with the number of the question. */
void registry_report(const struct registry *r, unsigned number, uint64_t after, int status_fd);

#endif
