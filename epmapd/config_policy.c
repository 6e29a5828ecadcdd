#include "epmapd/config_policy.h"

#include <stdlib.h>
#include <string.h>

#include "epmapd/decoy.h"
#include "epmapd/policy.h"

#define RULE "rule"

_Static_assert(POLICY_NAME_LEN >= DECOY_MAX_NAME, "room for the names of rules and decoys");

cfg_opt_t config_policy_option(cfg_opt_t keys[CONFIG_POLICY_KEYS + 1])
{
	const cfg_opt_t end = CFG_END();
	const cfg_opt_t rule = CFG_SEC(RULE, keys, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES);
	const struct policy_key *all;
	size_t n;

	all = policy_keys(&n);
	for (size_t i = 0; i < n && i < CONFIG_POLICY_KEYS; i++) {
		const cfg_opt_t one = CFG_STR(all[i].name, NULL, CFGF_NODEFAULT);
		const cfg_opt_t list = CFG_STR_LIST(all[i].name, NULL, CFGF_NODEFAULT);

		keys[i] = all[i].is_list ? list : one;
	}
	keys[CONFIG_POLICY_KEYS] = end;
	return rule;
}

/* ---- sections to rules --------------------------------------------------------------- */

/* Gives the rule every value of an option. */
static bool apply(struct policy_rule *r, const struct policy_key *key, cfg_opt_t *opt,
                  char error[CONFIG_ERROR_LEN])
{
	for (unsigned n = 0; n < cfg_opt_size(opt); n++) {
		const char *text = cfg_opt_getnstr(opt, n);

		if (text == NULL || key->set(r, text)) /* NULL: it is not there */
			continue;
		snprintf(error, CONFIG_ERROR_LEN, "%s '%.100s' %s", key->name, text, key->wrong);
		return false;
	}
	return true;
}

static bool make_rule(struct policy_rule *r, cfg_t *section, char error[CONFIG_ERROR_LEN])
{
	const struct policy_key *keys;
	size_t n;

	*r = (struct policy_rule){.action = POLICY_UNDECIDED};
	if (!decoy_is_name(cfg_title(section))) {
		snprintf(error, CONFIG_ERROR_LEN,
		         "rule '%.100s' is not a name of letters, digits, '-', '_' and '.', at most %u",
		         cfg_title(section), DECOY_MAX_NAME - 1);
		return false;
	}
	snprintf(r->name, sizeof(r->name), "%s", cfg_title(section));
	keys = policy_keys(&n);
	for (size_t i = 0; i < n; i++)
		if (!apply(r, &keys[i], cfg_getopt(section, keys[i].name), error))
			return false;
	if (r->action == POLICY_UNDECIDED)
		snprintf(error, CONFIG_ERROR_LEN, "rule '%s' has no action: permit or deny", r->name);
	return r->action != POLICY_UNDECIDED;
}

/* A rule for a name that nobody has would never match, and nobody would know. */
static bool service_is_known(const struct config *c, const char *name, char error[CONFIG_ERROR_LEN])
{
	return name[0] == '\0' || strcmp(name, FAULTS_MAPPER) == 0 ||
	       config_find_service(c, name, error) != NULL;
}

bool config_policy_take(struct config *c, cfg_t *cfg, char error[CONFIG_ERROR_LEN])
{
	const unsigned n = cfg_size(cfg, RULE);

	if (n == 0)
		return true;
	c->rules = calloc(n, sizeof(c->rules[0]));
	if (c->rules == NULL) {
		snprintf(error, CONFIG_ERROR_LEN, "out of memory");
		return false;
	}
	for (c->n_rules = 0; c->n_rules < n; c->n_rules++) {
		struct policy_rule *r = &c->rules[c->n_rules];

		if (!make_rule(r, cfg_getnsec(cfg, RULE, c->n_rules), error) ||
		    !service_is_known(c, r->service, error))
			return false;
	}
	return true;
}

/* ---- while the file is read ------------------------------------------------------------- */

static int check_value(cfg_t *cfg, cfg_opt_t *opt)
{
	struct policy_rule scratch = {.name = ""};
	char error[CONFIG_ERROR_LEN];
	const struct policy_key *key;
	size_t n;

	key = policy_keys(&n);
	while (strcmp(key->name, cfg_opt_name(opt)) != 0)
		key++;
	if (apply(&scratch, key, opt, error))
		return 0;
	cfg_error(cfg, "%s", error);
	return -1;
}

/* At the end of a section the last one of its kind is whole. */
static int check_rule(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *section = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	char error[CONFIG_ERROR_LEN];
	struct policy_rule scratch;
	bool ok = make_rule(&scratch, section, error);

	if (ok && cfg_opt_size(opt) > POLICY_MAX_RULES) {
		snprintf(error, sizeof(error), "rule '%s' is one too many: at most %u", scratch.name,
		         POLICY_MAX_RULES);
		ok = false;
	}
	if (!ok)
		cfg_error(cfg, "%s", error);
	return ok ? 0 : -1;
}

void config_policy_watch(cfg_t *cfg)
{
	const struct policy_key *keys;
	char path[64];
	size_t n;

	keys = policy_keys(&n);
	cfg_set_validate_func(cfg, RULE, check_rule);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), RULE "|%s", keys[i].name);
		cfg_set_validate_func(cfg, path, check_value);
	}
}
