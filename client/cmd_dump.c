/* epmap dump: everything that the mapper lists. */
#include "client/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/decoys.h"
#include "client/label.h"
#include "client/lookup.h"
#include "client/report.h"
#include "client/text.h"
#include "rpc/known.h"

enum { NAME, UUID, VERSION, SYNTAX, ANNOTATION, COLUMNS };

static const char *const titles[COLUMNS] = {"INTERFACE", "UUID", "VERSION", "SYNTAX", "ANNOTATION"};

/* Room for any annotation with every byte escaped. */
#define CELL_LEN (4u * EPT_MAX_ANNOTATION + 1u)

static bool has_object(const struct lookup_entry *e)
{
	return !uuid_is_nil(&e->object);
}

/* The name of the transfer syntax, or its UUID. */
static const char *syntax_text(const struct lookup_entry *e, char uuid[UUID_TEXT_LEN])
{
	const char *name = known_name(&e->transfer_syntax.uuid);

	return name != NULL ? name : uuid_format(&e->transfer_syntax.uuid, uuid);
}

/* ---- JSON ---- */

/* Foreign bytes may be no UTF-8; then they come escaped. */
static json_t *foreign(const char *text)
{
	char safe[4 * BINDING_TEXT_LEN + 1];
	json_t *s = json_string(text);

	return s != NULL ? s : json_string(text_escape(text, strlen(text), safe, sizeof(safe)));
}

static json_t *entry_json(const struct lookup_entry *e)
{
	const char *name = e->known ? known_name(&e->interface_id.uuid) : NULL;
	char uuid[UUID_TEXT_LEN], version[LABEL_VERSION_LEN];
	json_t *o = json_object();

	json_object_set_new(o, "interface", name != NULL ? json_string(name) : json_null());
	json_object_set_new(o, "uuid",
	                    e->known ? json_string(uuid_format(&e->interface_id.uuid, uuid)) : json_null());
	json_object_set_new(o, "version",
	                    e->known ? json_string(label_version(&e->interface_id, version)) : json_null());
	json_object_set_new(o, "transfer_syntax", e->known ? json_string(syntax_text(e, uuid)) : json_null());
	json_object_set_new(o, "object",
	                    has_object(e) ? json_string(uuid_format(&e->object, uuid)) : json_null());
	json_object_set_new(o, "annotation", foreign(e->annotation));
	json_object_set_new(o, "endpoint", e->known ? foreign(e->endpoint) : json_null());
	json_object_set_new(o, "decoy", e->decoy == LOOKUP_UNKNOWN ? json_null() : json_boolean(e->decoy == LOOKUP_DECOY));
	return o;
}

static void print_json(const struct lookup_list *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(all, entry_json(&list->entries[i]));
	report_print_json(all);
}

/* ---- for people ---- */

/* What is registered for several transfer syntaxes is one row. */
static bool is_same_row(const struct lookup_entry *a, const struct lookup_entry *b)
{
	return a->known && b->known && uuid_equal(&a->object, &b->object) &&
	       syntax_equal(&a->interface_id, &b->interface_id) && strcmp(a->annotation, b->annotation) == 0 &&
	       strcmp(a->endpoint, b->endpoint) == 0;
}

/* How many entries, from this one on, make a row. */
static size_t row_length(const struct lookup_list *list, size_t i)
{
	size_t n = 1;

	while (i + n < list->n && is_same_row(&list->entries[i], &list->entries[i + n]))
		n++;
	return n;
}

static const char *syntaxes(const struct lookup_entry *e, size_t n, char text[CELL_LEN])
{
	char uuid[UUID_TEXT_LEN];
	size_t len = 0;

	for (size_t i = 0; i < n && len < CELL_LEN; i++)
		len += (size_t)snprintf(text + len, CELL_LEN - len, "%s%s", i > 0 ? " " : "", syntax_text(&e[i], uuid));
	return text;
}

/* A cell of the row of n entries. */
static const char *cell(const struct lookup_entry *e, size_t n, int column, char text[CELL_LEN])
{
	const char *name = e->known ? known_name(&e->interface_id.uuid) : NULL;

	if (column == ANNOTATION)
		return text_escape(e->annotation, strlen(e->annotation), text, CELL_LEN);
	if (column == NAME)
		return name != NULL ? name : "-";
	if (!e->known)
		return "-";
	if (column == SYNTAX)
		return syntaxes(e, n, text);
	return column == UUID ? uuid_format(&e->interface_id.uuid, text)
	                      : label_version(&e->interface_id, text);
}

/* The last column, as wide as it likes: object@protseq:host[endpoint]. */
static void print_endpoint(const struct lookup_entry *e)
{
	char uuid[UUID_TEXT_LEN], safe[4 * BINDING_TEXT_LEN + 1];

	if (has_object(e))
		printf("%s@", uuid_format(&e->object, uuid));
	printf("%s%s\n",
	       e->known ? text_escape(e->endpoint, strlen(e->endpoint), safe, sizeof(safe))
	                : "(a tower of an unknown kind)",
	       e->decoy == LOOKUP_DECOY ? "  (decoy)" : "");
}

static void print_table(const struct lookup_list *list)
{
	const bool color = text_has_color(stdout);
	size_t width[COLUMNS], n;
	char text[CELL_LEN];

	for (int column = 0; column < COLUMNS; column++) {
		width[column] = strlen(titles[column]);
		for (size_t i = 0; i < list->n; i += n) {
			size_t len;

			n = row_length(list, i);
			len = strlen(cell(&list->entries[i], n, column, text));
			width[column] = len > width[column] ? len : width[column];
		}
	}
	fputs(text_color(color, TEXT_BOLD), stdout);
	for (int column = 0; column < COLUMNS; column++)
		printf("%-*s  ", (int)width[column], titles[column]);
	printf("ENDPOINT%s\n", text_color(color, TEXT_PLAIN));
	for (size_t i = 0; i < list->n; i += n) {
		n = row_length(list, i);
		for (int column = 0; column < COLUMNS; column++)
			printf("%-*s  ", (int)width[column], cell(&list->entries[i], n, column, text));
		print_endpoint(&list->entries[i]);
	}
}

/* Nothing came back; was there a question? */
static void say_nothing(const struct args *args)
{
	fputs(args->has_iface || args->has_object
	              ? "epmap: the mapper answers, but nothing that is registered with it is like that\n"
	              : "epmap: the mapper answers, but nothing is registered with it\n",
	      stderr);
}

static void print(const struct twostep *t, const struct lookup_list *list)
{
	const bool done = t->outcome.step == STEP_DONE;

	if (t->args->json && done) {
		print_json(list);
	} else if (t->args->json) {
		report_print_json(report_json(t));
	} else {
		if (list->n > 0)
			print_table(list);
		else if (done)
			say_nothing(t->args);
		if (!done)
			report_failure(stderr, t, "epmap: ", NULL);
	}
}

int cmd_dump(const struct args *args, struct story *story)
{
	struct lookup_list list = {0};
	char error[ARGS_ERROR_LEN];
	struct target target;
	struct twostep t;

	if (!args_target(args->words[1], args->family, &target, error)) {
		fprintf(stderr, "epmap: %s\n", error);
		return CMD_USAGE;
	}
	twostep_init(&t, args, &target, story, NULL);
	if (twostep_reach_mapper(&t) && lookup_all(&t, &list)) {
		decoys_mark(&t, &list);
		twostep_done(&t);
	}
	print(&t, &list);
	lookup_free(&list);
	twostep_fini(&t);
	return diagnosis_exit_code(t.outcome.step);
}
