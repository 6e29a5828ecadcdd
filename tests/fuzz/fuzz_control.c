/*
 * A client of the control socket: its bytes go over a real one, to the daemon's own
 * procedures. Nothing runs behind them but a stand-in for the mapper. Another client is
 * served after each portion, and all answers are whole.
 *
 * The first byte says what the mapper does, and how the bytes are cut.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "epmapd/listen.h"
#include "epmapd/status_line.h"
#include "epmapd/supervisor_private.h"
#include "tests/fuzz/fuzz.h"

/* Bits of the first byte; what is left is the portions. */
#define MAPPER_RUNS 0x01u
#define MAPPER_ANSWERS 0x02u
#define MAPPER_LIES 0x04u
#define LEAVES_EARLY 0x08u

#define N_EVENTS 20u /* as many pages would take their time */
#define MAX_ANSWERS (1u << 20)

static struct supervisor s; /* that is stopping, and so starts nothing */
static struct supervisor_setup setup;
static struct config config;
static char directory[] = "/tmp/epmapd-fuzz-XXXXXX";
static char path[LISTEN_PATH_LEN];
static int other;  /* the other client */
static int mapper; /* the mapper's end of its status line */
static uint8_t answers[MAX_ANSWERS];
static size_t n_answers;

static bool read_nothing(const void *arg, struct config *c, char error[CONFIG_ERROR_LEN])
{
	(void)arg;
	(void)c;
	snprintf(error, CONFIG_ERROR_LEN, "no file");
	return false;
}

static int connect_control(void)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(un.sun_path, path, strlen(path) + 1);
	FUZZ_CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0);
	return fd;
}

static void turn(void)
{
	event_base_loop(s.base, EVLOOP_NONBLOCK);
}

static void make_events(struct ring *ring)
{
	struct record r;

	for (unsigned i = 0; i < N_EVENTS; i++) {
		memset(&r, 0, sizeof(r));
		r.kind = (uint8_t)(i % RECORD_KINDS);
		r.status_is = (uint8_t)(i % RECORD_STATUSES);
		r.status = i;
		r.peer_family = i % 3 == 0 ? AF_INET : AF_INET6;
		r.has_interface = i % 2;
		r.object.time_low = i;
		ring_put(ring, &r);
	}
}

static void remove_directory(void)
{
	unlink(path);
	rmdir(directory);
}

static void begin(void)
{
	struct child *c = &s.children[0];
	int pair[2];

	signal(SIGPIPE, SIG_IGN);
	FUZZ_CHECK(mkdtemp(directory) != NULL);
	config_init(&config);
	snprintf(config.rundir, sizeof(config.rundir), "%s", directory);
	s.config = &config;
	atexit(remove_directory);
	listen_control_path(&config, path);
	setup.read = read_nothing;
	s.setup = &setup;
	s.stopping = true;
	s.base = event_base_new();
	FUZZ_CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
	mapper = pair[1];
	snprintf(c->name, sizeof(c->name), "mapper");
	snprintf(c->label, sizeof(c->label), "mapper");
	c->ring_fd = ring_make();
	c->ring = ring_map(c->ring_fd);
	c->source = (struct journal_source){.process = c->name, .ring = c->ring};
	c->status_fd = pair[0];
	s.n_children = 1;
	FUZZ_CHECK(c->ring != NULL);
	make_events(c->ring);
	s.control = control_new(&s);
	FUZZ_CHECK(s.control != NULL);
	other = connect_control();
}

/* What the mapper says to the questions that it was asked. */
static void play_mapper(uint8_t how)
{
	char line[STATUS_LINE_LEN], end[32];

	while (status_line_get(mapper, line, NULL) == STATUS_LINE) {
		if ((how & MAPPER_ANSWERS) == 0 || strncmp(line, "registry ", 9) != 0)
			continue;
		if ((how & MAPPER_LIES) != 0) {
			control_on_line(s.control, "entry a hare");
			control_on_line(s.control, "end 4294967295");
			control_on_line(s.control, "who knows");
		}
		control_on_line(s.control, "entry 0001020304");
		control_on_line(s.control, "entry ");
		snprintf(end, sizeof(end), "end %lu", strtoul(line + 9, NULL, 10));
		control_on_line(s.control, end);
	}
}

/* Lets the server work until it has nothing more to say to the client. */
static void settle(int fd, uint8_t how)
{
	ssize_t n = 1;

	for (int i = 0; i < 2 || (n > 0 && i < 100); i++) {
		turn();
		play_mapper(how);
		n = recv(fd, answers + n_answers, MAX_ANSWERS - n_answers, MSG_DONTWAIT);
		n_answers += n > 0 ? (size_t)n : 0;
	}
}

static void check_other(void)
{
	static const uint8_t null_call[] = {
		0x80, 0, 0, 40, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 2, 0x20, 0xe9, 0x01, 0x35, 0, 0, 0, 1,
		0,    0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0,    0,    0,
	};
	uint8_t answer[64];

	FUZZ_CHECK(send(other, null_call, sizeof(null_call), MSG_NOSIGNAL) == (ssize_t)sizeof(null_call));
	turn();
	turn();
	FUZZ_CHECK(recv(other, answer, sizeof(answer), MSG_DONTWAIT) == 28);
	FUZZ_CHECK(answer[7] == 7 && answer[27] == 0);
}

static uint32_t word(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Whole records, each a reply; the last one may be cut when the client was not read. */
static void check_answers(void)
{
	size_t at = 0, len;

	while (n_answers - at >= 12) {
		len = word(answers + at) & 0x7fffffffu;
		FUZZ_CHECK((answers[at] & 0x80) != 0 && len >= 12 && len <= CONTROL_MAX_REPLY);
		FUZZ_CHECK(word(answers + at + 8) == 1);
		if (n_answers - at < 4 + len)
			break;
		at += 4 + len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t portion, n = 0;
	int fd;

	if (len == 0)
		return 0;
	if (s.base == NULL)
		begin();
	s.children[0].pid = (data[0] & MAPPER_RUNS) != 0 ? 1 : 0;
	n_answers = 0;
	portion = (data[0] >> 4) == 0 ? len : (size_t)(data[0] >> 4) * 11 + len / 16;
	fd = connect_control();
	for (size_t at = 1; at < len; at += n) {
		n = len - at < portion ? len - at : portion;
		if (send(fd, data + at, n, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)n)
			break;
		if ((data[0] & LEAVES_EARLY) == 0 || at + n < len)
			settle(fd, data[0]);
	}
	check_answers();
	close(fd);
	turn();
	turn();
	check_other();
	s.children[0].pid = 0;
	control_mapper_gone(s.control);
	play_mapper(0); /* what nobody answered */
	config_fini(&config); /* what the input set in it */
	config_init(&config);
	return 0;
}
