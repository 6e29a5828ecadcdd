#include "epmapd/config_decoy.h"

#include <string.h>

#include "epmapd/decoy.h"

#define DECOY "decoy"
#define INTERFACE "interface"

cfg_opt_t config_decoy_option(cfg_opt_t interfaces[2], cfg_opt_t keys[CONFIG_DECOY_KEYS + 1])
{
	const cfg_flag_t section = CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES;
	const cfg_opt_t end = CFG_END(), interface = CFG_SEC(INTERFACE, keys, section);
	const cfg_opt_t decoy = CFG_SEC(DECOY, interfaces, section);
	const struct decoy_key *all;
	size_t n;

	all = decoy_keys(&n);
	for (size_t i = 0; i < n && i < CONFIG_DECOY_KEYS; i++) {
		const cfg_opt_t one = CFG_STR(all[i].name, NULL, CFGF_NODEFAULT);
		const cfg_opt_t list = CFG_STR_LIST(all[i].name, NULL, CFGF_NODEFAULT);

		keys[i] = all[i].is_list ? list : one;
	}
	keys[CONFIG_DECOY_KEYS] = end;
	interfaces[0] = interface;
	interfaces[1] = end;
	return decoy;
}

/* ---- sections to decoys ------------------------------------------------------------ */

static bool no_memory(char error[CONFIG_ERROR_LEN])
{
	snprintf(error, CONFIG_ERROR_LEN, "out of memory");
	return false;
}

/* Gives the interface every value of an option. */
static bool apply(struct decoy_interface *i, const struct decoy_key *key, cfg_opt_t *opt,
                  char error[CONFIG_ERROR_LEN])
{
	for (unsigned n = 0; n < cfg_opt_size(opt); n++) {
		const char *text = cfg_opt_getnstr(opt, n);

		if (text == NULL || key->set(i, text)) /* NULL: it is not there */
			continue;
		snprintf(error, CONFIG_ERROR_LEN, "%s '%.150s' %s", key->name, text, key->wrong);
		return false;
	}
	return true;
}

static bool name_is_right(const char *what, const char *name, char error[CONFIG_ERROR_LEN])
{
	if (decoy_is_name(name))
		return true;
	snprintf(error, CONFIG_ERROR_LEN,
	         "%s '%.150s' is not a name of letters, digits, '-', '_' and '.', at most %u", what, name,
	         DECOY_MAX_NAME - 1);
	return false;
}

/* NULL: the error says why. */
static struct decoy_interface *make_interface(cfg_t *section, char error[CONFIG_ERROR_LEN])
{
	struct decoy_interface *i;
	const struct decoy_key *keys;
	size_t n;
	bool ok;

	if (!name_is_right(INTERFACE, cfg_title(section), error))
		return NULL;
	i = decoy_interface_new(cfg_title(section));
	ok = i != NULL || no_memory(error);
	keys = decoy_keys(&n);
	for (size_t k = 0; k < n; k++)
		ok = ok && apply(i, &keys[k], cfg_getopt(section, keys[k].name), error);
	if (ok && decoy_interface_check(i, error))
		return i;
	decoy_interface_free(i);
	return NULL;
}

static bool add_interface(struct decoy *d, cfg_t *section, char error[CONFIG_ERROR_LEN])
{
	struct decoy_interface *i = make_interface(section, error);

	if (i == NULL || decoy_add(d, i, error))
		return i != NULL;
	decoy_interface_free(i);
	return false;
}

static bool add_decoy(struct config *c, cfg_t *section, char error[CONFIG_ERROR_LEN])
{
	struct decoy *d;
	bool ok;

	if (!name_is_right(DECOY, cfg_title(section), error))
		return false;
	d = decoy_new(cfg_title(section));
	ok = d != NULL || no_memory(error);
	for (unsigned n = 0; ok && n < cfg_size(section, INTERFACE); n++)
		ok = add_interface(d, cfg_getnsec(section, INTERFACE, n), error);
	if (ok && config_add_decoy(c, d, error))
		return true;
	decoy_free(d);
	return false;
}

bool config_decoy_take(struct config *c, cfg_t *cfg, char error[CONFIG_ERROR_LEN])
{
	for (unsigned n = 0; n < cfg_size(cfg, DECOY); n++)
		if (!add_decoy(c, cfg_getnsec(cfg, DECOY, n), error))
			return false;
	return true;
}

/* ---- while the file is read -------------------------------------------------------- */

static int verdict(cfg_t *cfg, bool ok, const char *error)
{
	if (!ok)
		cfg_error(cfg, "%s", error);
	return ok ? 0 : -1;
}

static int check_value(cfg_t *cfg, cfg_opt_t *opt)
{
	struct decoy_interface *scratch = decoy_interface_new("scratch");
	char error[CONFIG_ERROR_LEN];
	const struct decoy_key *key;
	bool ok;
	size_t n;

	key = decoy_keys(&n);
	while (strcmp(key->name, cfg_opt_name(opt)) != 0)
		key++;
	ok = scratch != NULL ? apply(scratch, key, opt, error) : no_memory(error);
	decoy_interface_free(scratch);
	return verdict(cfg, ok, error);
}

/* At the end of a section the last one of its kind is whole. */
static int check_interface(cfg_t *cfg, cfg_opt_t *opt)
{
	char error[CONFIG_ERROR_LEN];
	struct decoy_interface *i = make_interface(cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1), error);
	bool ok = i != NULL;

	decoy_interface_free(i);
	return verdict(cfg, ok, error);
}

/* All of them so far, because they may be in each other's way. */
static int check_decoy(cfg_t *cfg, cfg_opt_t *opt)
{
	struct config scratch = {0};
	char error[CONFIG_ERROR_LEN];
	bool ok = config_decoy_take(&scratch, cfg, error);

	(void)opt;
	config_fini(&scratch);
	return verdict(cfg, ok, error);
}

void config_decoy_watch(cfg_t *cfg)
{
	const struct decoy_key *keys;
	char path[64];
	size_t n;

	keys = decoy_keys(&n);
	cfg_set_validate_func(cfg, DECOY, check_decoy);
	cfg_set_validate_func(cfg, DECOY "|" INTERFACE, check_interface);
	for (size_t k = 0; k < n; k++) {
		snprintf(path, sizeof(path), DECOY "|" INTERFACE "|%s", keys[k].name);
		cfg_set_validate_func(cfg, path, check_value);
	}
}

/* ---- and back ---------------------------------------------------------------------- */

static void write_interface(const struct decoy_interface *i, FILE *f)
{
	const struct decoy_key *keys;
	size_t n;

	keys = decoy_keys(&n);
	fprintf(f, INTERFACE " \"%s\" {\n", i->name);
	for (size_t k = 0; k < n; k++)
		keys[k].write(i, f);
	fprintf(f, "}\n");
}

void config_decoy_write(const struct config *c, FILE *f)
{
	for (unsigned n = 0; n < c->n_services; n++) {
		if (!c->services[n]->is_decoy)
			continue;
		fprintf(f, DECOY " \"%s\" {\n", c->services[n]->name);
		for (size_t k = 0; k < decoy_of(c->services[n])->n_interfaces; k++)
			write_interface(decoy_of(c->services[n])->interfaces[k], f);
		fprintf(f, "}\n");
	}
}
