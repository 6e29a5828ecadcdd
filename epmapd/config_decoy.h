/*
 * The decoys of the config file, for config_file.c.
 */
#ifndef EPMAPD_CONFIG_DECOY_H
#define EPMAPD_CONFIG_DECOY_H

#include <confuse.h>

#include "epmapd/config.h"

#define CONFIG_DECOY_KEYS 9u

/* The option `decoy`, as libconfuse wants it. `interfaces` and `keys` are the caller's room
 * for the options within it. */
cfg_opt_t config_decoy_option(cfg_opt_t interfaces[2], cfg_opt_t keys[CONFIG_DECOY_KEYS + 1]);
/* Has every value and every section looked at as soon as it is read, so that an error has
 * its line. */
void config_decoy_watch(cfg_t *cfg);
/* Adds what was read to c. False: no memory, or c has other decoys that are in the way. */
bool config_decoy_take(struct config *c, cfg_t *cfg, char error[CONFIG_ERROR_LEN]);
void config_decoy_write(const struct config *c, FILE *f);

#endif
