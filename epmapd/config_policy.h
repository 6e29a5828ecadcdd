/*
 * The rules of the config file, for config_file.c.
 */
#ifndef EPMAPD_CONFIG_POLICY_H
#define EPMAPD_CONFIG_POLICY_H

#include <confuse.h>

#include "epmapd/config.h"

#define CONFIG_POLICY_KEYS 7u

/* The option `rule`, as libconfuse wants it. `keys` is the caller's room for the options
 * within it. */
cfg_opt_t config_policy_option(cfg_opt_t keys[CONFIG_POLICY_KEYS + 1]);
/* Has every value and every section looked at as soon as it is read, so that an error has
 * its line. */
void config_policy_watch(cfg_t *cfg);
/* Adds what was read to c, which has its decoys already: rules may be about them. False: no
 * memory, or a rule for a service that there is not. */
bool config_policy_take(struct config *c, cfg_t *cfg, char error[CONFIG_ERROR_LEN]);

#endif
