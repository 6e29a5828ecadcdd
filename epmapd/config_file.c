/*
 * The config file, read and written with libconfuse.
 */
#include <confuse.h>
#include <string.h>

#include "epmapd/config.h"

#define CONFIG_MAX_FILE 65535u

/* The whole file, with a NUL behind it. */
static bool read_text(FILE *f, char text[CONFIG_MAX_FILE + 1])
{
	size_t n = fread(text, 1, CONFIG_MAX_FILE + 1, f);

	if (ferror(f) || n > CONFIG_MAX_FILE)
		return false;
	text[n] = '\0';
	return strlen(text) == n;
}

/* Where a comment that begins at p ends: its last character is not part of it. */
static char *comment_end(char *p)
{
	char *end;

	if (p[0] != '/' || p[1] != '*')
		return p + strcspn(p, "\n");
	end = strstr(p + 2, "*/");
	return end != NULL ? end + 2 : p + strlen(p);
}

/* Replaces comments by spaces and keeps the lines: libconfuse counts a line with
 * a comment more than once, and its errors would name the wrong one. */
static void blank_comments(char *text)
{
	char quote = '\0';
	bool token_start = true; /* only there do // and the like begin a comment */

	for (char *p = text; *p != '\0'; p++) {
		if (quote != '\0') {
			if (*p == '\\' && p[1] != '\0')
				p++;
			else if (*p == quote)
				quote = '\0';
		} else if (*p == '#' || (token_start && *p == '/' && (p[1] == '/' || p[1] == '*'))) {
			for (const char *end = comment_end(p); p < end; p++)
				if (*p != '\n')
					*p = ' ';
			p--;
		} else if (*p == '"' || *p == '\'') {
			quote = *p;
		}
		token_start = strchr(" \t\r\n={},;", *p) != NULL;
	}
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
	snprintf(parsing->error, CONFIG_ERROR_LEN, "%.200s:%d: %s", parsing->name, cfg->line, text);
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

static int check_insert_from(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_last(cfg, opt, config_add_insert_from);
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
		{"insert_from", check_insert_from, config_add_insert_from},
		{"rundir", check_rundir, config_set_rundir},
	};
	cfg_opt_t opts[] = {
		CFG_STR("port", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("listen", NULL, CFGF_NODEFAULT),
		CFG_STR("range", NULL, CFGF_NODEFAULT),
		CFG_STR("range_order", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("services", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("insert_from", NULL, CFGF_NODEFAULT),
		CFG_STR("rundir", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};
	struct parse parse = {name, error};
	char text[CONFIG_MAX_FILE + 1];
	cfg_t *cfg;
	bool ok;

	error[0] = '\0';
	if (!read_text(f, text)) {
		snprintf(error, CONFIG_ERROR_LEN, "%.200s: cannot be read, or is larger than %u bytes, or has a NUL",
		         name, CONFIG_MAX_FILE);
		return false;
	}
	blank_comments(text);
	cfg = cfg_init(opts, CFGF_NONE);
	if (cfg == NULL) {
		snprintf(error, CONFIG_ERROR_LEN, "%.200s: out of memory", name);
		return false;
	}
	parsing = &parse;
	cfg_set_error_function(cfg, on_error);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		cfg_set_validate_func(cfg, keys[i].key, keys[i].check);
	ok = cfg_parse_buf(cfg, text) == CFG_SUCCESS;
	if (ok) {
		/* An empty list is none, not the default. */
		if ((cfg_getopt(cfg, "services")->flags & CFGF_MODIFIED) != 0)
			c->n_services = 0;
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			take(c, cfg, keys[i].key, keys[i].set);
	} else if (error[0] == '\0') {
		snprintf(error, CONFIG_ERROR_LEN, "%.200s: cannot be read", name);
	}
	cfg_free(cfg);
	parsing = NULL;
	return ok;
}

static void write_addrs(FILE *f, const char *key, const union addr *addrs, unsigned n)
{
	char text[ADDR_TEXT_LEN];

	fprintf(f, "%s = {", key);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "%s\"%s\"", i > 0 ? ", " : "", addr_format(&addrs[i], text));
	fprintf(f, "}\n");
}

void config_write(const struct config *c, FILE *f)
{
	fprintf(f, "port = %u\n", c->port);
	if (!c->listen_is_default)
		write_addrs(f, "listen", c->listen, c->n_listen);
	fprintf(f, "range = \"%u-%u\"\n", c->range.first, c->range.last);
	fprintf(f, "range_order = \"%s\"\n", range_order_name(c->range_order));
	fprintf(f, "services = {");
	for (unsigned i = 0; i < c->n_services; i++)
		fprintf(f, "%s\"%s\"", i > 0 ? ", " : "", c->services[i]->name);
	fprintf(f, "}\n");
	write_addrs(f, "insert_from", c->insert_from, c->n_insert_from);
	fprintf(f, "rundir = \"%s\"\n", c->rundir);
}
