/* The control socket: clients that wait, stall, leave, or are too many. */
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/control_rig.h"
#include "tests/unit/unit.h"

#define ONE_USER CONTROL_MAX_ITS_OWN
#define OTHERS (CONTROL_MAX_CLIENTS - 2 * ONE_USER) /* but root and the daemon's user */

static bool is_open(struct control_rig *g, int fd)
{
	char byte;

	control_rig_turn(g);
	return recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) != 0;
}

static void served(struct control_rig *g, int fd)
{
	control_rig_ask(g, fd, 77, 0);
	control_rig_accepts(g, fd, 77, 0);
}

static void answer_may_come_later(void)
{
	struct control_rig g;
	int fd;

	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	control_rig_ask(&g, fd, 1, 4);
	control_rig_ask(&g, fd, 2, 0); /* waits behind the first */
	control_rig_silent(&g, fd);
	CHECK_INT(g.n_calls, 1);
	control_rig_answer(&g);
	control_rig_accepts(&g, fd, 1, 0);
	control_rig_accepts(&g, fd, 2, 0);
	CHECK_INT(g.n_gone, 0);
	close(fd);
	control_rig_fini(&g);
}

static void who_waits_does_not_delay_another(void)
{
	struct control_rig g;
	int fd, other;

	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	other = control_rig_connect(&g);
	control_rig_ask(&g, fd, 1, 4);
	served(&g, other);
	control_rig_silent(&g, fd);
	control_rig_answer(&g);
	control_rig_accepts(&g, fd, 1, 0);
	close(fd);
	close(other);
	control_rig_fini(&g);
}

static void client_may_go_while_its_answer_is_due(void)
{
	struct control_rig g;
	int fd, other;

	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	other = control_rig_connect(&g);
	control_rig_ask(&g, fd, 1, 4);
	control_rig_ask(&g, other, 2, 4);
	CHECK_INT(g.n_waiting, 2);
	close(fd);
	control_rig_turn(&g);
	CHECK_INT(g.n_gone, 1);
	control_rig_answer(&g);
	control_rig_accepts(&g, other, 2, 0);
	close(other);
	control_rig_turn(&g);
	CHECK_INT(g.n_gone, 1);
	control_rig_fini(&g);
}

static void server_may_end_while_answers_are_due(void)
{
	struct control_rig g;
	int fd;

	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	control_rig_ask(&g, fd, 1, 4);
	CHECK_INT(g.n_waiting, 1);
	control_rig_fini(&g);
	CHECK_INT(g.n_gone, 0);
	close(fd);
}

/* It asks again and again and reads nothing: after the answer that does not fit into the
 * socket, no more of its requests are looked at. */
static void client_that_does_not_read_waits_alone(void)
{
	struct control_rig g;
	unsigned before;
	int fd, other;
	char data[64];

	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	other = control_rig_connect(&g);
	for (uint32_t i = 0; i < 40; i++)
		control_rig_ask(&g, fd, i, 2);
	before = g.n_calls;
	CHECK(before < 10);
	for (int i = 0; i < 10; i++)
		served(&g, other);
	CHECK_INT(g.n_calls, before + 10);
	for (uint32_t i = 0; i < 40; i++) /* nothing of it is lost */
		CHECK_INT(control_rig_hear(&g, fd, data, sizeof(data)), 24 + CONTROL_RIG_LONG);
	CHECK_INT(g.n_calls, before + 10 + 40 - before);
	close(fd);
	close(other);
	control_rig_fini(&g);
}

static void client_that_leaves_answers_behind_is_forgotten(void)
{
	struct control_rig g;
	int fd;

	control_rig_init(&g, 60);
	for (unsigned i = 0; i < 2 * ONE_USER; i++) {
		fd = control_rig_connect(&g);
		control_rig_ask(&g, fd, 1, 2);
		control_rig_ask(&g, fd, 2, 2);
		close(fd);
		control_rig_turn(&g);
	}
	fd = control_rig_connect(&g);
	served(&g, fd);
	close(fd);
	control_rig_fini(&g);
}

static void one_user_has_a_quarter(void)
{
	int fds[ONE_USER], one_more;
	struct control_rig g;

	control_rig_init(&g, 60);
	for (unsigned i = 0; i < ONE_USER; i++)
		fds[i] = control_rig_connect(&g);
	one_more = control_rig_connect(&g);
	CHECK(!is_open(&g, one_more));
	for (unsigned i = 0; i < ONE_USER; i++)
		served(&g, fds[i]);
	close(one_more);
	close(fds[3]);
	control_rig_turn(&g);
	fds[3] = control_rig_connect(&g);
	served(&g, fds[3]);
	for (unsigned i = 0; i < ONE_USER; i++)
		close(fds[i]);
	control_rig_fini(&g);
}

/* A client of another user, which only root can make. */
static int connect_as(struct control_rig *g, uid_t uid)
{
	int fd;

	REQUIRE(seteuid(uid) == 0);
	fd = control_rig_connect(g);
	REQUIRE(seteuid(0) == 0);
	return fd;
}

static void others_leave_room_for_root(void)
{
	int fds[OTHERS], one_more, own;
	struct control_rig g;

	if (geteuid() != 0)
		return;
	control_rig_init(&g, 60);
	for (unsigned i = 0; i < OTHERS; i++)
		fds[i] = connect_as(&g, 10000 + i / ONE_USER);
	one_more = connect_as(&g, 20000);
	own = control_rig_connect(&g);
	CHECK(is_open(&g, own));
	close(own);
	for (unsigned i = 0; i < OTHERS; i++)
		CHECK(is_open(&g, fds[i]));
	CHECK(!is_open(&g, one_more));
	close(one_more);
	close(fds[0]);
	control_rig_turn(&g);
	fds[0] = connect_as(&g, 20000);
	CHECK(is_open(&g, fds[0]));
	for (unsigned i = 0; i < OTHERS; i++)
		close(fds[i]);
	control_rig_fini(&g);
}

/* Waits until the server closes the connection, and reads nothing. */
static bool is_cut(struct control_rig *g, int fd)
{
	const time_t deadline = time(NULL) + 10;
	struct pollfd p = {.fd = fd};

	while (poll(&p, 1, 0) == 0 && time(NULL) < deadline)
		event_base_loop(g->base, EVLOOP_NONBLOCK);
	return (p.revents & POLLHUP) != 0;
}

/* Three that stall: silent, within a request, and with answers that it does not read. */
static void client_that_stalls_is_cut(void)
{
	struct control_rig g;
	int silent, half, deaf;

	control_rig_init(&g, 1);
	silent = control_rig_connect(&g);
	half = control_rig_connect(&g);
	deaf = control_rig_connect(&g);
	control_rig_send(&g, half, "\x80\0\0\x28", 4);
	control_rig_ask(&g, deaf, 1, 2);
	CHECK(is_open(&g, silent) && is_open(&g, half) && is_open(&g, deaf));
	CHECK(is_cut(&g, silent));
	CHECK(is_cut(&g, half));
	CHECK(is_cut(&g, deaf));
	close(silent);
	close(half);
	close(deaf);
	control_rig_fini(&g);
}

const struct unit_test suite_control_clients[] = {
	{"answer_may_come_later", answer_may_come_later},
	{"who_waits_does_not_delay_another", who_waits_does_not_delay_another},
	{"client_may_go_while_its_answer_is_due", client_may_go_while_its_answer_is_due},
	{"server_may_end_while_answers_are_due", server_may_end_while_answers_are_due},
	{"client_that_does_not_read_waits_alone", client_that_does_not_read_waits_alone},
	{"client_that_leaves_answers_behind_is_forgotten", client_that_leaves_answers_behind_is_forgotten},
	{"one_user_has_a_quarter", one_user_has_a_quarter},
	{"others_leave_room_for_root", others_leave_room_for_root},
	{"client_that_stalls_is_cut", client_that_stalls_is_cut},
	{NULL, NULL},
};
