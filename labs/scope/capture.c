#include "labs/scope/capture.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/text.h"

#define SNAPLEN 262144
#define BATCH 512 /* frames of an interface that are taken at once */

struct capture {
	pcap_t *pcap;
	int linktype;
	bool live;
	bool nano;
	struct view *view; /* while frames are read */
};

static struct capture *wrap(pcap_t *pcap, bool live)
{
	struct capture *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		pcap_close(pcap);
		return NULL;
	}
	c->pcap = pcap;
	c->live = live;
	c->linktype = pcap_datalink(pcap);
	c->nano = pcap_get_tstamp_precision(pcap) == PCAP_TSTAMP_PRECISION_NANO;
	return c;
}

struct capture *capture_open(const char *path, char error[CAPTURE_ERROR_LEN])
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);

	text_escape(why, strlen(why), error, CAPTURE_ERROR_LEN);
	return pcap != NULL ? wrap(pcap, false) : NULL;
}

struct capture *capture_open_live(const char *interface, char error[CAPTURE_ERROR_LEN])
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_create(interface, why);
	int status;

	snprintf(error, CAPTURE_ERROR_LEN, "%s", why);
	if (pcap == NULL)
		return NULL;
	pcap_set_snaplen(pcap, SNAPLEN);
	pcap_set_promisc(pcap, 0);
	pcap_set_immediate_mode(pcap, 1);
	pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
	status = pcap_activate(pcap);
	if (status < 0 || pcap_setnonblock(pcap, 1, why) != 0) {
		snprintf(error, CAPTURE_ERROR_LEN, "%s: %s", interface,
		         status < 0 ? pcap_statustostr(status) : why);
		pcap_close(pcap);
		return NULL;
	}
	return wrap(pcap, true);
}

void capture_close(struct capture *c)
{
	if (c == NULL)
		return;
	pcap_close(c->pcap);
	free(c);
}

int capture_fd(const struct capture *c)
{
	return pcap_get_selectable_fd(c->pcap);
}

/* libpcap says what it looks like. */
static void on_frame(u_char *arg, const struct pcap_pkthdr *h, const u_char *data) // NOLINT(readability-non-const-parameter)
{
	const struct capture *c = (const struct capture *)(const void *)arg;
	/* Whatever the file says: no sum of these overflows. */
	const uint64_t seconds = (uint64_t)h->ts.tv_sec & 0x1ffffffffu;
	const uint64_t part = (uint64_t)h->ts.tv_usec % 1000000000u * (c->nano ? 1 : 1000);

	view_frame(c->view, c->linktype, data, h->caplen, h->len, (int64_t)(seconds * 1000000000u + part));
}

bool capture_read(struct capture *c, struct view *v)
{
	char why[GAP_TEXT_LEN - 24];
	int status;

	c->view = v;
	do
		status = pcap_dispatch(c->pcap, c->live ? BATCH : -1, on_frame, (u_char *)c);
	while (status > 0 && !c->live);
	if (status != PCAP_ERROR)
		return true;
	if (!c->live) {
		const char *reason = pcap_geterr(c->pcap);

		gaps_add(&v->gaps, "rest of the file: %s", text_escape(reason, strlen(reason), why, sizeof(why)));
	}
	return !c->live;
}
