/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest works through its ring while the daemon is killed at random moments:
 * every request is answered exactly once, in order, with what is true.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "xenstored/domain.h"
#include "xenstored/initial.h"
#include "xenstored/journal.h"
#include "xenstored/state.h"
#include "xs_check.h"
#include "xs_fake.h"

/* It goes on until so much has happened; XS_CRASH_KILLS says otherwise. */
#define KILLS		60
#define ANSWERS		500
#define KEYS		8
#define TOKENS		20
#define OUTSTANDING	12

static char state_path[64];
static struct xenstore_domain_interface *page;

/* --- the daemon ------------------------------------------------------------ */

static void daemon_new_domain(void)
{
	struct fake *dom0 = fake_new(0);

	fake_str(dom0, XS_MKDIR, 0, "/local/domain/1");
	fake_str(dom0, XS_SET_PERMS, 0, "/local/domain/1\0n1");
	fake_str(dom0, XS_INTRODUCE, 0, "1\0" "77\0" "3");
}

static void daemon_main(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!freopen("/dev/null", "w", stderr))
		_exit(1);
	quota_defaults();
	store_init();
	if (state_load(state_path))
		initial_nodes();
	if (domain_start())
		_exit(1);
	journal_set_limit(30000);
	if (state_start(state_path))
		_exit(1);
	domain_go();
	if (!domain_find(1))
		daemon_new_domain();
	for (;;) {
		domain_events();
		conn_run_all();
		if (journal_sync())
			conn_flush_all();
		if (!conn_pending())
			usleep(20);
	}
}

static pid_t daemon_pid;
static int daemon_kills;
static double next_kill;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void daemon_spawn(void)
{
	daemon_pid = fork();
	ck_assert_int_ge(daemon_pid, 0);
	if (!daemon_pid)
		daemon_main();
	next_kill = now() + random() % 8000 / 1e6;
}

static void daemon_kill(void)
{
	int status;

	kill(daemon_pid, SIGKILL);
	waitpid(daemon_pid, &status, 0);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	daemon_kills++;
}

/* --- the guest ------------------------------------------------------------- */

enum expect { EXPECT_TEXT, EXPECT_ID, EXPECT_COMMIT };

struct ask {
	uint32_t id;
	enum expect what;
	struct buf text;
};

static struct buf guest_out;
static size_t guest_out_at;
static struct ask asks[OUTSTANDING];
static int ask_count;
static struct buf guest_in;
static uint32_t last_tx;
static bool last_commit;
static int answered, events;

/* Wakes the daemon exactly when Linux would. */
static void guest_push(void)
{
	uint32_t prod = page->req_prod, start = prod;

	while (guest_out_at < guest_out.len &&
	       prod - __atomic_load_n(&page->req_cons, __ATOMIC_ACQUIRE) <
	       XENSTORE_RING_SIZE)
		page->req[MASK_XENSTORE_IDX(prod++)] =
			guest_out.data[guest_out_at++];
	if (prod == start)
		return;
	__atomic_store_n(&page->req_prod, prod, __ATOMIC_SEQ_CST);
	if ((int32_t)(start - __atomic_load_n(&page->req_cons,
					      __ATOMIC_SEQ_CST)) <= 0)
		__atomic_store_n(&fake_xen->dom[1].pending_daemon, 1,
				 __ATOMIC_SEQ_CST);
	if (guest_out_at == guest_out.len)
		guest_out_at = guest_out.len = 0;
}

static void guest_pull(void)
{
	uint32_t cons = page->rsp_cons, start = cons;
	uint32_t prod = __atomic_load_n(&page->rsp_prod, __ATOMIC_ACQUIRE);

	ck_assert_uint_le(prod - cons, XENSTORE_RING_SIZE);
	while (cons != prod)
		buf_put(&guest_in, &page->rsp[MASK_XENSTORE_IDX(cons++)], 1);
	if (cons == start)
		return;
	__atomic_store_n(&page->rsp_cons, cons, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&page->rsp_prod, __ATOMIC_SEQ_CST) - start >=
	    XENSTORE_RING_SIZE)
		__atomic_store_n(&fake_xen->dom[1].pending_daemon, 1,
				 __ATOMIC_SEQ_CST);
}

static void guest_check(const struct ask *a, const struct xsd_sockmsg *head,
			const char *data)
{
	ck_assert_uint_eq(head->req_id, a->id);
	if (a->what == EXPECT_ID) {
		ck_assert_uint_eq(head->type, XS_TRANSACTION_START);
		last_tx = atoi(data);
	} else if (a->what == EXPECT_COMMIT) {
		last_commit = head->type != XS_ERROR;
		ck_assert(last_commit || !strcmp(data, "EAGAIN"));
	} else {
		ck_assert_msg(head->len == a->text.len &&
			      !memcmp(data, a->text.len ? a->text.data : "",
				      head->len),
			      "request %u: wanted %.20s, got %.*s (%u)",
			      a->id, a->text.data, head->len > 20 ? 20 :
			      (int)head->len, data, head->type);
	}
	answered++;
}

static void guest_parse(void)
{
	struct xsd_sockmsg head;
	size_t size;

	while (guest_in.len >= sizeof(head)) {
		memcpy(&head, guest_in.data, sizeof(head));
		ck_assert_uint_le(head.len, XENSTORE_PAYLOAD_MAX);
		size = sizeof(head) + head.len;
		if (guest_in.len < size)
			return;
		if (head.type == XS_WATCH_EVENT) {
			events++;
		} else {
			ck_assert_int_gt(ask_count, 0);
			guest_check(&asks[0], &head,
				    guest_in.data + sizeof(head));
			buf_free(&asks[0].text);
			memmove(asks, asks + 1, --ask_count * sizeof(*asks));
		}
		memmove(guest_in.data, guest_in.data + size,
			guest_in.len -= size);
	}
}

static void guest_pump(void)
{
	if (now() > next_kill) {
		daemon_kill();
		daemon_spawn();
	}
	guest_push();
	guest_pull();
	guest_parse();
}

static void guest_wait(int outstanding)
{
	double limit = now() + 60;

	while (ask_count > outstanding) {
		guest_pump();
		ck_assert_msg(now() < limit, "no answer");
	}
}

static void guest_ask(uint32_t type, uint32_t tx, const void *data,
		      size_t len, enum expect what, const char *text,
		      size_t text_len)
{
	static uint32_t id;
	struct xsd_sockmsg head = {
		.type = type, .req_id = ++id, .tx_id = tx, .len = len,
	};
	struct ask *a;

	guest_wait(OUTSTANDING - 1);
	a = &asks[ask_count++];
	*a = (struct ask){ .id = id, .what = what };
	buf_put(&a->text, text, text_len);
	buf_put(&guest_out, &head, sizeof(head));
	buf_put(&guest_out, data, len);
	guest_pump();
}

/* --- what it does ---------------------------------------------------------- */

static char value[KEYS][2001];
static bool watched[TOKENS];

static void random_value(char *out)
{
	size_t len = random() % 4 ? random() % 20 : random() % 2000;

	for (size_t i = 0; i < len; i++)
		out[i] = 'a' + random() % 26;
	out[len] = '\0';
}

static void write_key(int k, uint32_t tx, const char *text)
{
	static char data[2100];
	int n = sprintf(data, "k%d", k) + 1;

	strcpy(data + n, text);
	guest_ask(XS_WRITE, tx, data, n + strlen(text), EXPECT_TEXT, "OK", 3);
}

static void do_transaction(int k)
{
	static char text[2001];

	guest_ask(XS_TRANSACTION_START, 0, "", 1, EXPECT_ID, "", 0);
	guest_wait(0);
	random_value(text);
	write_key(k, last_tx, text);
	guest_ask(XS_TRANSACTION_END, last_tx, "T", 2, EXPECT_COMMIT, "", 0);
	guest_wait(0);
	if (last_commit)
		strcpy(value[k], text);
}

/* Done twice, either would fail the second time. */
static void do_watch(int t)
{
	char data[64];
	int n = sprintf(data, "k%d%ctoken%d", t % KEYS, 0, t) + 1;

	guest_ask(watched[t] ? XS_UNWATCH : XS_WATCH, 0, data, n, EXPECT_TEXT,
		  "OK", 3);
	watched[t] = !watched[t];
}

static void do_something(void)
{
	char path[8];
	int k = random() % KEYS;

	sprintf(path, "k%d", k);
	switch (random() % 8) {
	case 0:
		do_transaction(k);
		break;
	case 1:
	case 2:
		do_watch(random() % TOKENS);
		break;
	case 3:
	case 4:
		guest_ask(XS_READ, 0, path, strlen(path) + 1, EXPECT_TEXT,
			  value[k], strlen(value[k]));
		break;
	default:
		random_value(value[k]);
		write_key(k, 0, value[k]);
	}
}

START_TEST(exactly_once)
{
	const char *s = getenv("XS_CRASH_KILLS");
	int kills = s ? atoi(s) : KILLS;

	snprintf(state_path, sizeof(state_path), "/dev/shm/xs_crash.%d",
		 getpid());
	unlink(state_path);
	fake_xen_init();
	page = (void *)fake_xen->dom[1].page;
	srandom(getpid());
	daemon_spawn();
	next_kill = now() + 1;
	for (int k = 0; k < KEYS; k++)
		write_key(k, 0, "");
	while (daemon_kills < kills || answered < ANSWERS)
		do_something();
	guest_wait(0);
	daemon_kill();
	unlink(state_path);
	ck_assert_int_gt(events, 0);
	ck_assert_uint_eq(page->error, 0);
}
END_TEST

XS_SUITE(xs_crash, exactly_once)
