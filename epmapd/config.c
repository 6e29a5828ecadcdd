#include "epmapd/config.h"

#include <confuse.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpc/ept.h"

__attribute__((format(printf, 2, 3))) static bool fail(char error[CONFIG_ERROR_LEN], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, CONFIG_ERROR_LEN, format, args);
	va_end(args);
	return false;
}

void config_init(struct config *c)
{
	const struct service *const *all;
	char unused[CONFIG_ERROR_LEN];
	const char *dir = getenv("XDG_RUNTIME_DIR");
	size_t n;

	*c = (struct config){.port = EPT_PORT, .listen_is_default = true};
	addr_parse("0.0.0.0", &c->listen[c->n_listen++]);
	addr_parse("::", &c->listen[c->n_listen++]);
	range_parse(RANGE_DEFAULT, &c->range);
	all = services_all(&n);
	for (size_t i = 0; i < n && i < CONFIG_MAX_SERVICES; i++)
		c->services[c->n_services++] = all[i];
	/* Root has /run; others have what their session gave them, or /tmp. */
	if (geteuid() == 0)
		config_set_rundir(c, "/run/epmapd", unused);
	else if (dir == NULL || dir[0] != '/' || strlen(dir) + sizeof("/epmapd") > sizeof(c->rundir))
		snprintf(c->rundir, sizeof(c->rundir), "/tmp/epmapd-%u", (unsigned)geteuid());
	else
		snprintf(c->rundir, sizeof(c->rundir), "%.60s/epmapd", dir);
}

bool config_set_port(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)text[0]) || *end != '\0' || n < 1 || n > UINT16_MAX)
		return fail(error, "port '%s' is not a number from 1 to 65535", text);
	c->port = (uint16_t)n;
	return true;
}

bool config_add_listen(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	union addr a;

	if (!addr_parse(text, &a))
		return fail(error, "address '%s' is neither an IPv4 nor an IPv6 address", text);
	if (c->listen_is_default)
		c->n_listen = 0; /* what was asked for replaces the default */
	c->listen_is_default = false;
	for (unsigned i = 0; i < c->n_listen; i++)
		if (addr_same_host(&c->listen[i], &a))
			return fail(error, "address '%s' is given twice", text);
	if (c->n_listen == CONFIG_MAX_LISTEN)
		return fail(error, "address '%s' is one too many: at most %u", text, CONFIG_MAX_LISTEN);
	c->listen[c->n_listen++] = a;
	return true;
}

bool config_set_range(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	struct range r;

	if (!range_parse(text, &r))
		return fail(error, "range '%s' is not FIRST-LAST with ports from 1 to 65535, as in 5001-5021", text);
	c->range = r;
	return true;
}

bool config_set_range_order(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	if (!range_order_parse(text, &c->range_order))
		return fail(error, "range order '%s' is neither sequential nor random", text);
	return true;
}

bool config_add_service(struct config *c, const char *name, char error[CONFIG_ERROR_LEN])
{
	const struct service *s = services_find(name);
	char known[CONFIG_ERROR_LEN / 2] = "";
	const struct service *const *all;
	size_t n;

	if (s == NULL) {
		all = services_all(&n);
		for (size_t i = 0; i < n; i++)
			snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s", i > 0 ? ", " : "",
			         all[i]->name);
		return fail(error, "unknown service '%s': there are %s", name, known);
	}
	for (unsigned i = 0; i < c->n_services; i++)
		if (c->services[i] == s)
			return fail(error, "service '%s' is given twice", name);
	if (c->n_services == CONFIG_MAX_SERVICES)
		return fail(error, "service '%s' is one too many: at most %u", name, CONFIG_MAX_SERVICES);
	c->services[c->n_services++] = s;
	return true;
}

bool config_set_rundir(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	if (text[0] != '/')
		return fail(error, "run directory '%s' is not an absolute path", text);
	if (strlen(text) >= sizeof(c->rundir))
		return fail(error, "run directory '%s' is longer than %zu bytes", text, sizeof(c->rundir) - 1);
	snprintf(c->rundir, sizeof(c->rundir), "%s", text);
	return true;
}

/* libconfuse reports errors through a callback without an argument of ours. */
struct parse {
	const char *name;
	char *error;
};
static struct parse *parsing;

__attribute__((format(printf, 2, 0))) static void on_error(cfg_t *cfg, const char *format, va_list args)
{
	char text[CONFIG_ERROR_LEN / 2];

	if (parsing->error[0] != '\0')
		return; /* the first error is the one to mend */
	vsnprintf(text, sizeof(text), format, args);
	fail(parsing->error, "%.200s:%d: %s", parsing->name, cfg->line, text);
}

/* Tries one value on a scratch config as soon as it is read, so that an error
 * has its line. */
typedef bool set_text(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);

static int check(cfg_t *cfg, const char *text, set_text *set, struct config *scratch)
{
	char error[CONFIG_ERROR_LEN];

	if (set(scratch, text, error))
		return 0;
	cfg_error(cfg, "%s", error);
	return -1;
}

static int check_last(cfg_t *cfg, cfg_opt_t *opt, set_text *set)
{
	struct config scratch = {.listen_is_default = true};

	for (unsigned i = 0; i < cfg_opt_size(opt); i++)
		if (check(cfg, cfg_opt_getnstr(opt, i), set, &scratch) != 0)
			return -1;
	return 0;
}

static int check_port(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_last(cfg, opt, config_set_port);
}

static int check_listen(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_last(cfg, opt, config_add_listen);
}

static int check_range(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_last(cfg, opt, config_set_range);
}

static int check_range_order(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_last(cfg, opt, config_set_range_order);
}

static int check_services(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_last(cfg, opt, config_add_service);
}

static int check_rundir(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_last(cfg, opt, config_set_rundir);
}

/* Copies one option that the file set into c. */
static void take(struct config *c, cfg_t *cfg, const char *key, set_text *set)
{
	char unused[CONFIG_ERROR_LEN];

	for (unsigned i = 0; i < cfg_size(cfg, key); i++)
		if (cfg_getnstr(cfg, key, i) != NULL)
			set(c, cfg_getnstr(cfg, key, i), unused); /* was checked */
}

bool config_read(struct config *c, FILE *f, const char *name, char error[CONFIG_ERROR_LEN])
{
	static const struct {
		const char *key;
		cfg_validate_callback_t check;
		set_text *set;
	} keys[] = {
		{"port", check_port, config_set_port},
		{"listen", check_listen, config_add_listen},
		{"range", check_range, config_set_range},
		{"range_order", check_range_order, config_set_range_order},
		{"services", check_services, config_add_service},
		{"rundir", check_rundir, config_set_rundir},
	};
	cfg_opt_t opts[] = {
		CFG_STR("port", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("listen", NULL, CFGF_NODEFAULT),
		CFG_STR("range", NULL, CFGF_NODEFAULT),
		CFG_STR("range_order", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("services", NULL, CFGF_NODEFAULT),
		CFG_STR("rundir", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};
	struct parse parse = {name, error};
	cfg_t *cfg = cfg_init(opts, CFGF_NONE);
	bool ok;

	error[0] = '\0';
	if (cfg == NULL)
		return fail(error, "%s: out of memory", name);
	parsing = &parse;
	cfg_set_error_function(cfg, on_error);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		cfg_set_validate_func(cfg, keys[i].key, keys[i].check);
	ok = cfg_parse_fp(cfg, f) == CFG_SUCCESS;
	if (ok) {
		if (cfg_size(cfg, "services") > 0)
			c->n_services = 0;
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			take(c, cfg, keys[i].key, keys[i].set);
	} else if (error[0] == '\0') {
		fail(error, "%s: cannot be read", name);
	}
	cfg_free(cfg);
	parsing = NULL;
	return ok;
}

void config_write(const struct config *c, FILE *f)
{
	char text[ADDR_TEXT_LEN];

	fprintf(f, "port = %u\n", c->port);
	if (!c->listen_is_default) {
		fprintf(f, "listen = {");
		for (unsigned i = 0; i < c->n_listen; i++)
			fprintf(f, "%s\"%s\"", i > 0 ? ", " : "", addr_format(&c->listen[i], text));
		fprintf(f, "}\n");
	}
	fprintf(f, "range = \"%u-%u\"\n", c->range.first, c->range.last);
	fprintf(f, "range_order = \"%s\"\n", range_order_name(c->range_order));
	fprintf(f, "services = {");
	for (unsigned i = 0; i < c->n_services; i++)
		fprintf(f, "%s\"%s\"", i > 0 ? ", " : "", c->services[i]->name);
	fprintf(f, "}\nrundir = \"%s\"\n", c->rundir);
}
