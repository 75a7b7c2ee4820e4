/* SPDX-License-Identifier: BSD-2-Clause */
/* hospesd: the domain manager of a Hospes host. */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hospesd/api.h"
#include "hospesd/console.h"
#include "hospesd/device_store.h"
#include "hospesd/console_writer.h"
#include "hospesd/domain.h"
#include "hospesd/keeper.h"
#include "lib/lock_holder.h"
#include "lib/log.h"
#include "lib/store_pipe.h"

#define XENSTORED_SOCKET "/run/xenstored/socket"
#define POLL_MS 1000	/* xenstored's watches come earlier, as a rule */

static const char usage[] =
"usage: hospesd [OPTION]...\n"
"The domain manager of Hospes: builds guests, starts their backends, serves\n"
"their consoles, and carries out what becomes of them when they end. It runs\n"
"in the foreground and logs to stderr; hospes(1) is its client.\n"
"\n"
"  --run-dir DIR    socket and records (/run/hospes)\n"
"  --log-dir DIR    consoles and backends' messages (/var/log/hospes)\n"
"  --lib-dir DIR    xenstored, blkback, netback, hospes-build "
"(/usr/lib/hospes)\n"
"  --no-xenstored   neither start nor restart xenstored: another runs\n"
"  --quota NAME=VALUE  a limit of each guest's in the store, as of "
"xenstored --help\n"
"  -v, --verbose    more messages\n"
"  -h, --help       this text\n"
"\n"
"It can be killed and started again at any time: guests and backends go on\n"
"and are taken over. SIGTERM ends it in the same way.\n"
"\n"
"Files\n"
"  RUN/api.sock           one JSON object a line, for root\n"
"  RUN/domains/UUID.json  the record of a domain\n"
"  RUN/building/UUID      the mark of a half-built one\n"
"  RUN/hospesd.pid, RUN/xenstored.pid\n"
"  LOG/NAME.console.log   all a guest printed; .1 to .4 are older\n"
"  LOG/NAME.backend.log   messages of its backends\n";

enum {
	OPT_RUN = 256, OPT_LOG, OPT_LIB, OPT_NO_XENSTORED, OPT_KEEPER, OPT_QUOTA,
};

static const struct option options[] = {
	{ "run-dir", required_argument, NULL, OPT_RUN },
	{ "log-dir", required_argument, NULL, OPT_LOG },
	{ "lib-dir", required_argument, NULL, OPT_LIB },
	{ "no-xenstored", no_argument, NULL, OPT_NO_XENSTORED },
	{ "quota", required_argument, NULL, OPT_QUOTA },
	{ "keeper", no_argument, NULL, OPT_KEEPER },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

uint64_t hospesd_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Returns true when this process is to be the keeper. */
static bool parse_options(struct options *opt, int argc, char **argv)
{
	bool keeper = false;
	int c;

	opt->run_dir = "/run/hospes";
	opt->log_dir = "/var/log/hospes";
	opt->lib_dir = "/usr/lib/hospes";
	opt->xenstored = true;
	while ((c = getopt_long(argc, argv, "vh", options, NULL)) != -1) {
		switch (c) {
		case OPT_RUN:
			opt->run_dir = optarg;
			break;
		case OPT_LOG:
			opt->log_dir = optarg;
			break;
		case OPT_LIB:
			opt->lib_dir = optarg;
			break;
		case OPT_NO_XENSTORED:
			opt->xenstored = false;
			break;
		case OPT_QUOTA:
			if (opt->quotas == QUOTAS_MAX) {
				fputs("hospesd: too many --quota\n", stderr);
				exit(2);
			}
			opt->quota[opt->quotas++] = optarg;
			break;
		case OPT_KEEPER:
			keeper = true;
			break;
		case 'v':
			opt->verbose = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			fputs("hospesd: try 'hospesd --help'\n", stderr);
			exit(2);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "hospesd: unexpected '%s'; try 'hospesd "
			"--help'\n", argv[optind]);
		exit(2);
	}
	return keeper;
}

static void make_dir(const char *dir, const char *sub)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s%s", dir, sub);
	if (mkdir(path, 0755) && errno != EEXIST)
		log_fatal("cannot make %s: %s", path, strerror(errno));
}

/* One hospesd at a time: the lock goes with the process. */
static void take_lock(const struct options *opt)
{
	char path[4096], holder[64];
	int fd;

	snprintf(path, sizeof(path), "%s/hospesd.pid", opt->run_dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		log_fatal("cannot open %s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB))
		log_fatal("another hospesd runs already: %s has %s locked; "
			  "end it first (systemctl stop hospesd)",
			  lock_holder(fd, holder, sizeof(holder)), path);
	if (ftruncate(fd, 0) || dprintf(fd, "%d\n", (int)getpid()) < 0)
		log_fatal("cannot write %s: %s", path, strerror(errno));
}

static void open_hypervisor(struct hospesd *m)
{
	m->control = control_open();
	if (!m->control)
		log_fatal("cannot reach the hypervisor: %s; is this dom0, and "
			  "is xen-privcmd loaded?", strerror(errno));
	m->xce = xenevtchn_open(NULL, 0);
	m->fmem = xenforeignmemory_open(NULL, 0);
	if (!m->xce || !m->fmem)
		log_fatal("cannot open /dev/xen/evtchn and privcmd: %s; load "
			  "xen-evtchn and xen-privcmd",
			  strerror(errno));
	evutil_make_socket_nonblocking(xenevtchn_fd(m->xce));
}

/*
 * All that dom0 needs, as other tools leave it alone once its name is there:
 * Debian's xen-init-dom0, and xl at its first look, would write the rest.
 */
static void write_own_nodes(struct hospesd *m)
{
	static const struct {
		const char *path, *value;
	} nodes[] = {
		{ "/local/domain/0/domid", "0" },
		{ "/local/domain/0/memory/target", NULL },
		{ "/local/domain/0/memory/static-max", NULL },
		{ "/local/domain/0/name", "Domain-0" },
	};
	struct xen_domctl_getdomaininfo info = { 0 };
	bool known = !control_domain_info(m->control, 0, &info);
	struct store_batch *b = store_batch_new();
	char kib[24];
	int rc;

	if (!b)
		return;
	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
		snprintf(kib, sizeof(kib), "%llu",
			 (unsigned long long)info.tot_pages * 4);
		if (nodes[i].value || known)
			store_batch_write(b, nodes[i].value ? nodes[i].value :
					  kib, "%s", nodes[i].path);
	}
	rc = store_batch_commit(m->store, b);
	if (rc)
		log_warn("cannot write dom0's nodes: %s", strerror(-rc));
	store_batch_free(b);
}

static void store_event(const char *path, const char *token, void *arg)
{
	struct hospesd *m = arg;

	if (!strcmp(token, "domains"))
		hospesd_poll_soon(m);
	else
		devices_store_event(m, path);
}

static void open_store(struct hospesd *m)
{
	int rc;

	m->store = store_open();
	store_pipe_enable(XENSTORED_SOCKET);
	if (!m->store)
		log_fatal("cannot reach xenstored: %s", strerror(errno));
	rc = store_attach(m->store, m->base, store_event, m);
	if (!rc)
		rc = store_watch(m->store, "domains", "@releaseDomain");
	if (rc)
		log_fatal("cannot watch the store: %s", strerror(-rc));
	write_own_nodes(m);
}

static void evtchn_ready(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	console_events(arg);
}

static void poll_domains(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval period = { .tv_sec = POLL_MS / 1000 };
	struct hospesd *m = arg;

	(void)fd;
	(void)what;
	event_add(m->poll_event, &period);
	domain_poll(m);
}

void hospesd_poll_soon(struct hospesd *m)
{
	static const struct timeval now;

	event_add(m->poll_event, &now);
}

static void end_loop(evutil_socket_t sig, short what, void *arg)
{
	struct hospesd *m = arg;

	(void)sig;
	(void)what;
	event_base_loopbreak(m->base);
}

static void open_loop(struct hospesd *m)
{
	m->base = event_base_new();
	if (!m->base)
		log_fatal("cannot make an event loop");
	m->poll_event = evtimer_new(m->base, poll_domains, m);
	event_add(evsignal_new(m->base, SIGTERM, end_loop, m), NULL);
	event_add(evsignal_new(m->base, SIGINT, end_loop, m), NULL);
}

int main(int argc, char **argv)
{
	static struct hospesd m;
	int rc;

	if (parse_options(&m.opt, argc, argv))
		return keeper_main(&m.opt);
	log_open("hospesd");
	log_set_verbose(m.opt.verbose);
	signal(SIGPIPE, SIG_IGN);
	umask(077);
	LIST_INIT(&m.domains);
	make_dir(m.opt.run_dir, "");
	make_dir(m.opt.run_dir, "/domains");
	make_dir(m.opt.run_dir, "/building");
	make_dir(m.opt.log_dir, "");
	take_lock(&m.opt);
	open_loop(&m);
	open_hypervisor(&m);
	if (m.opt.xenstored && (rc = keeper_start(&m)))
		log_fatal("cannot start the keeper: %s", strerror(-rc));
	open_store(&m);
	m.xce_event = event_new(m.base, xenevtchn_fd(m.xce),
				EV_READ | EV_PERSIST, evtchn_ready, &m);
	event_add(m.xce_event, NULL);
	console_writer_start(m.base);
	adopt_all(&m);
	rc = api_open(&m);
	if (rc)
		log_fatal("cannot serve %s/api.sock: %s", m.opt.run_dir,
			  strerror(-rc));
	rc = device_store_watch(&m, XENSTORED_SOCKET);
	if (rc)
		log_fatal("cannot watch over xenstored: %s", strerror(-rc));
	hospesd_poll_soon(&m);
	log_info("serving %s/api.sock", m.opt.run_dir);
	event_base_dispatch(m.base);
	api_close();
	console_writer_stop();
	log_info("ended; guests go on");
	return 0;
}
