/*
 * The mapper's part of faults on purpose (epmapd/faults.h): answers that are wrong, and
 * entries that outlive their service.
 */
#ifndef EPMAPD_EPT_FAULTS_H
#define EPMAPD_EPT_FAULTS_H

#include "epmapd/ept_server.h"
#include "epmapd/faults.h"

/* Those for answers about an interface: its service's, and where that has none, the
 * mapper's own. False, at little cost: nobody has any, and *f is as it was. */
bool ept_faults_find(const struct ept_server *s, const struct uuid *interface, struct faults *f);
/* Puts the wrong address and port into the octets of a tower with TCP's floors. */
void ept_faults_change(const struct faults *f, uint8_t *octets, size_t len);

/* The owner goes: what is kept on purpose becomes nobody's. */
void ept_faults_keep_stale(struct ept_server *s, struct registry_owner *owner);
/* What was kept goes, if it is to be kept no longer. */
void ept_faults_review_stale(struct ept_server *s);

#endif
