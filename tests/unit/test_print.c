/* The service print: jobs behind context handles. */
#include <stdio.h>
#include <string.h>

#include "idl/print.h"
#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/service.h"
#include "tests/unit/unit.h"

static struct service_rig r;
static struct rig_client c;

static void begin(void)
{
	service_rig_init(&r, &service_print);
	service_client(&c, &r, &print_id, 0);
}

static void end(void)
{
	rig_client_fini(&c);
	service_rig_fini(&r);
}

/* A new job; its handle. */
static struct ndr_context_handle open_job(struct rig_client *who, const char *title)
{
	struct print_OpenJob p = {.title = title, .result = 99};

	CHECK_HEX(print_OpenJob(&who->h, &p), 0);
	CHECK_HEX(p.result, 0);
	return p.job;
}

static uint32_t write_job(struct rig_client *who, struct ndr_context_handle job, uint32_t len)
{
	static const uint8_t data[PRINT_MAX_CHUNK + 1];
	struct print_WriteJob p = {.job = job, .len = len, .data = data};

	return print_WriteJob(&who->h, &p);
}

static uint32_t close_job(struct rig_client *who, struct print_CloseJob *p, struct ndr_context_handle job)
{
	*p = (struct print_CloseJob){.job = job, .size = 99, .result = 99};
	return print_CloseJob(&who->h, p);
}

/* The queue, newest first: "2 DONE 30 title;". */
static const char *list(void)
{
	static char text[16384];
	static const char *const states[] = {"SPOOLING", "DONE", "ABANDONED"};
	struct print_ListJobs p = {.count = 0};
	size_t n = 0;

	text[0] = '\0';
	CHECK_HEX(print_ListJobs(&c.h, &p), 0);
	for (uint32_t i = 0; i < p.count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%u %s %llu %s;", p.jobs[i].number,
				      states[p.jobs[i].state], (unsigned long long)p.jobs[i].size,
				      p.jobs[i].title);
	return text;
}

static void job_is_written_and_closed(void)
{
	for (int wide = 0; wide < 2; wide++) {
		struct ndr_context_handle one, two;
		struct print_CloseJob p;

		c.ndr64 = wide;
		begin();
		CHECK_STR(list(), "");
		one = open_job(&c, "letter");
		two = open_job(&c, "");
		CHECK(!ndr_context_handle_is_nil(&one));
		CHECK(!uuid_equal(&one.uuid, &two.uuid));
		CHECK_HEX(write_job(&c, one, 100), 0);
		CHECK_HEX(write_job(&c, two, 0), 0);
		CHECK_HEX(write_job(&c, one, PRINT_MAX_CHUNK), 0);
		CHECK_STR(list(), "2 SPOOLING 0 ;1 SPOOLING 65636 letter;");
		CHECK_HEX(close_job(&c, &p, one), 0);
		CHECK_HEX(p.result, 0);
		CHECK_INT(p.size, 65636);
		CHECK(ndr_context_handle_is_nil(&p.job));
		CHECK_STR(list(), "2 SPOOLING 0 ;1 DONE 65636 letter;");
		CHECK_INT(rig_handles(&r.g), 1);
		end();
	}
	c.ndr64 = false;
}

static void closed_job_is_unknown(void)
{
	struct ndr_context_handle job;
	struct print_CloseJob p;

	begin();
	job = open_job(&c, "x");
	CHECK_HEX(close_job(&c, &p, job), 0);
	CHECK_HEX(close_job(&c, &p, job), nca_s_fault_context_mismatch);
	CHECK_HEX(write_job(&c, job, 1), nca_s_fault_context_mismatch);
	CHECK_STR(list(), "1 DONE 0 x;");
	end();
}

/* Nil is a handle that may come in only where one may go out. */
static void no_handle_is_told_or_a_fault(void)
{
	const struct ndr_context_handle none = {0};
	struct print_CloseJob p;

	begin();
	CHECK_HEX(close_job(&c, &p, none), 0);
	CHECK_HEX(p.result, ERROR_INVALID_HANDLE);
	CHECK_HEX(write_job(&c, none, 1), nca_s_fault_context_mismatch);
	end();
}

static void title_has_63_characters_at_most(void)
{
	static char title[PRINT_MAX_TITLE + 1];
	struct print_OpenJob p = {.title = title, .result = 99};

	memset(title, 'x', sizeof(title));
	title[PRINT_MAX_TITLE] = '\0';
	begin();
	CHECK_HEX(print_OpenJob(&c.h, &p), 0);
	CHECK_HEX(p.result, ERROR_INVALID_PARAMETER);
	CHECK(ndr_context_handle_is_nil(&p.job));
	CHECK_STR(list(), "");
	title[PRINT_MAX_TITLE - 1] = '\0';
	CHECK_HEX(print_OpenJob(&c.h, &p), 0);
	CHECK_HEX(p.result, 0);
	CHECK_INT(p.number, 1);
	end();
}

/* Says so before it is sent, and to those who send it all the same: opnum 1, a handle of
 * 20 bytes, length and conformance. */
static void chunk_that_is_too_large_is_a_stub_error(void)
{
	struct ndr_context_handle job;

	begin();
	job = open_job(&c, "x");
	CHECK_HEX(write_job(&c, job, PRINT_MAX_CHUNK + 1), RPC_X_BAD_STUB_DATA);
	rig_say(&r.g, c.a, "request call=9 op=1 stub=00000000" "00000000000000000000000000000000"
			   "01000100" "01000100");
	rig_hears(&r.g, c.a, "65537 bytes: output", "fault call=9 status=0x6f7");
	CHECK_STR(list(), "1 SPOOLING 0 x;");
	end();
}

/* ---- clients that go ----------------------------------------------------------------- */

static void job_of_a_client_that_vanishes_is_abandoned(void)
{
	struct rig_client other = {0};
	struct ndr_context_handle done;
	struct print_CloseJob p;

	begin();
	service_client(&other, &r, &print_id, 0);
	open_job(&other, "lost");
	done = open_job(&other, "done");
	CHECK_HEX(close_job(&other, &p, done), 0);
	open_job(&c, "mine");
	CHECK_INT(rig_handles(&r.g), 2);
	rig_client_fini(&other);
	CHECK_INT(rig_handles(&r.g), 1);
	CHECK_STR(list(), "3 SPOOLING 0 mine;2 DONE 0 done;1 ABANDONED 0 lost;");
	end();
}

static void job_is_the_groups(void)
{
	struct rig_client friend = {0}, stranger = {0};
	struct ndr_context_handle job;
	struct print_CloseJob p;

	begin();
	job = open_job(&c, "x");
	service_client(&friend, &r, &print_id, assoc_group_id(c.a));
	service_client(&stranger, &r, &print_id, 0);
	CHECK_HEX(write_job(&stranger, job, 5), nca_s_fault_context_mismatch);
	CHECK_HEX(close_job(&stranger, &p, job), nca_s_fault_context_mismatch);
	CHECK_HEX(write_job(&friend, job, 5), 0);
	rig_client_fini(&c);
	CHECK_HEX(write_job(&friend, job, 5), 0);
	CHECK_HEX(close_job(&friend, &p, job), 0);
	CHECK_INT(p.size, 10);
	rig_client_fini(&friend);
	rig_client_fini(&stranger);
	service_rig_fini(&r);
}

/* A job that gets no handle is written by nobody. */
static void job_without_a_handle_is_abandoned(void)
{
	static const char want[] = "33 ABANDONED 0 one more;32 SPOOLING 0 x;";
	struct print_OpenJob p = {.title = "one more"};
	const char *text;

	begin();
	for (unsigned int i = 0; i < RPC_MAX_HANDLES_PER_GROUP; i++)
		open_job(&c, "x");
	CHECK_HEX(print_OpenJob(&c.h, &p), nca_s_fault_remote_no_memory);
	text = list();
	CHECK(strncmp(text, want, strlen(want)) == 0);
	end();
}

static void queue_forgets_the_oldest_that_is_not_being_written(void)
{
	struct ndr_context_handle kept, job;
	static const char first[] = "121 DONE 0 x;120 DONE 0 x;";
	struct print_CloseJob p;
	const char *text;

	begin();
	kept = open_job(&c, "kept");
	for (unsigned int i = 0; i < 120; i++) {
		job = open_job(&c, "x");
		CHECK_HEX(close_job(&c, &p, job), 0);
	}
	text = list();
	CHECK(strncmp(text, first, strlen(first)) == 0);
	CHECK(strstr(text, ";23 DONE 0 x;1 SPOOLING 0 kept;") != NULL);
	CHECK(strstr(text, ";22 DONE") == NULL);
	CHECK_HEX(write_job(&c, kept, 1), 0);
	end();
}

const struct unit_test suite_print[] = {
	{"job_is_written_and_closed", job_is_written_and_closed},
	{"closed_job_is_unknown", closed_job_is_unknown},
	{"no_handle_is_told_or_a_fault", no_handle_is_told_or_a_fault},
	{"title_has_63_characters_at_most", title_has_63_characters_at_most},
	{"chunk_that_is_too_large_is_a_stub_error", chunk_that_is_too_large_is_a_stub_error},
	{"job_of_a_client_that_vanishes_is_abandoned", job_of_a_client_that_vanishes_is_abandoned},
	{"job_is_the_groups", job_is_the_groups},
	{"job_without_a_handle_is_abandoned", job_without_a_handle_is_abandoned},
	{"queue_forgets_the_oldest_that_is_not_being_written",
	 queue_forgets_the_oldest_that_is_not_being_written},
	{NULL, NULL},
};
