/*
 * The config file, read and written with libconfuse.
 */
#include <confuse.h>
#include <stdlib.h>
#include <string.h>

#include "epmapd/config.h"
#include "epmapd/config_decoy.h"
#include "epmapd/config_policy.h"

#define CONFIG_MAX_FILE 65535u

/* The whole file, with a NUL behind it, for the caller to free. On the stack of a process that
 * runs for months it would stay. */
static char *read_text(FILE *f)
{
	char *text = malloc(CONFIG_MAX_FILE + 1);
	size_t n = text != NULL ? fread(text, 1, CONFIG_MAX_FILE + 1, f) : 0;

	if (text == NULL || ferror(f) || n > CONFIG_MAX_FILE || memchr(text, '\0', n) != NULL) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
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

typedef bool set_text(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);

static const struct key {
	const char *name;
	bool is_list;
	set_text *set;
} keys[] = {
	{"port", false, config_set_port},
	{"listen", true, config_add_listen},
	{"range", false, config_set_range},
	{"range_order", false, config_set_range_order},
	{"services", true, config_add_service},
	{"insert_from", true, config_add_insert_from},
	{"faults", true, config_add_fault},
	{"rundir", false, config_set_rundir},
	{"max_associations", false, config_set_max_associations},
	{"max_calls", false, config_set_max_calls},
	{"idle_timeout", false, config_set_idle_timeout},
	{"keepalive", false, config_set_keepalive},
	{"user", false, config_set_user},
	{"memory", false, config_set_memory},
	{"users", false, config_set_users},
	{"restrict_remote_clients", false, config_set_restrict},
};
#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

/* Tries the values of an option on a scratch config as soon as one is read, so that an
 * error has its line. */
static int check(cfg_t *cfg, cfg_opt_t *opt)
{
	struct config scratch = {.listen_is_default = true};
	char error[CONFIG_ERROR_LEN];
	const struct key *key = keys;

	while (strcmp(key->name, cfg_opt_name(opt)) != 0)
		key++;
	for (unsigned i = 0; i < cfg_opt_size(opt); i++) {
		if (!key->set(&scratch, cfg_opt_getnstr(opt, i), error)) {
			cfg_error(cfg, "%s", error);
			return -1;
		}
	}
	return 0;
}

/* The processes get it as config_write writes it, which may be longer than what was read. */
static bool can_be_passed_on(const struct config *c)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		return false;
	config_write(c, f);
	fclose(f);
	free(text);
	return len <= CONFIG_MAX_FILE;
}

/* Copies one option that the file set into c. */
static void take(struct config *c, cfg_t *cfg, const struct key *key)
{
	char unused[CONFIG_ERROR_LEN];

	for (unsigned i = 0; i < cfg_size(cfg, key->name); i++)
		if (cfg_getnstr(cfg, key->name, i) != NULL)
			key->set(c, cfg_getnstr(cfg, key->name, i), unused); /* was checked */
}

/* Copies what was read into c, all or nothing. */
static bool take_all(struct config *c, cfg_t *cfg, const char *name, char error[CONFIG_ERROR_LEN])
{
	struct config new = *c;
	char why[CONFIG_ERROR_LEN] = "with all that it means, it is too large";

	/* An empty list is none, not the default. */
	if ((cfg_getopt(cfg, "services")->flags & CFGF_MODIFIED) != 0)
		config_drop_services(&new);
	for (size_t i = 0; i < N_KEYS; i++)
		take(&new, cfg, &keys[i]);
	if (!config_decoy_take(&new, cfg, why) || !config_policy_take(&new, cfg, why) || !can_be_passed_on(&new)) {
		snprintf(error, CONFIG_ERROR_LEN, "%.200s: %.200s", name, why);
		config_fini(&new);
		return false;
	}
	*c = new;
	return true;
}

bool config_read(struct config *c, FILE *f, const char *name, char error[CONFIG_ERROR_LEN])
{
	cfg_opt_t opts[N_KEYS + 3] = {[N_KEYS + 2] = CFG_END()};
	cfg_opt_t decoy_opts[2], decoy_keys[CONFIG_DECOY_KEYS + 1], rule_keys[CONFIG_POLICY_KEYS + 1];
	struct parse parse = {name, error};
	char *text = read_text(f);
	cfg_t *cfg;
	bool ok;

	error[0] = '\0';
	if (text == NULL) {
		snprintf(error, CONFIG_ERROR_LEN, "%.200s: cannot be read, or is larger than %u bytes, or has a NUL",
		         name, CONFIG_MAX_FILE);
		return false;
	}
	blank_comments(text);
	for (size_t i = 0; i < N_KEYS; i++) {
		const cfg_opt_t one = CFG_STR(keys[i].name, NULL, CFGF_NODEFAULT);
		const cfg_opt_t list = CFG_STR_LIST(keys[i].name, NULL, CFGF_NODEFAULT);

		opts[i] = keys[i].is_list ? list : one;
	}
	opts[N_KEYS] = config_decoy_option(decoy_opts, decoy_keys);
	opts[N_KEYS + 1] = config_policy_option(rule_keys);
	cfg = cfg_init(opts, CFGF_NONE);
	if (cfg == NULL) {
		free(text);
		snprintf(error, CONFIG_ERROR_LEN, "%.200s: out of memory", name);
		return false;
	}
	parsing = &parse;
	cfg_set_error_function(cfg, on_error);
	for (size_t i = 0; i < N_KEYS; i++)
		cfg_set_validate_func(cfg, keys[i].name, check);
	config_decoy_watch(cfg);
	config_policy_watch(cfg);
	ok = cfg_parse_buf(cfg, text) == CFG_SUCCESS;
	if (ok) {
		ok = take_all(c, cfg, name, error);
	} else if (error[0] == '\0') {
		snprintf(error, CONFIG_ERROR_LEN, "%.200s: cannot be read", name);
	}
	cfg_free(cfg);
	free(text);
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

static void write_faults(FILE *f, const struct faults_table *t)
{
	char text[FAULTS_TEXT_LEN];

	fprintf(f, "faults = {");
	for (unsigned i = 0; i < t->n; i++)
		fprintf(f, "%s\"%s: %s\"", i > 0 ? ", " : "", t->rows[i].name, faults_format(&t->rows[i].faults, text));
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
	for (unsigned i = 0; i < c->n_services && !c->services[i]->is_decoy; i++)
		fprintf(f, "%s\"%s\"", i > 0 ? ", " : "", c->services[i]->name);
	fprintf(f, "}\n");
	write_addrs(f, "insert_from", c->insert_from, c->n_insert_from);
	write_faults(f, &c->faults);
	fprintf(f, "rundir = \"%s\"\n", c->rundir);
	fprintf(f, "max_associations = %u\n", c->max_associations);
	fprintf(f, "max_calls = %u\n", c->max_calls);
	fprintf(f, "idle_timeout = %u\n", c->idle_timeout);
	fprintf(f, "keepalive = %u\n", c->keepalive);
	if (c->user[0] != '\0')
		fprintf(f, "user = \"%s\"\n", c->user);
	fprintf(f, "memory = %u\n", c->memory);
	config_decoy_write(c, f);
}
