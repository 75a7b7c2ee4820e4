# SPDX-License-Identifier: BSD-2-Clause
# One program for all of xenstored: CK_RUN_SUITE=xs_ring runs one suite.
UNIT += xs
xs_SRCS := $(addprefix dom0-tools/xenstored/, proto.c proto_tree.c \
	proto_domain.c control.c conn.c conn_errors.c watch.c transaction.c \
	store.c store_audit.c tree.c usage.c perms.c path.c scope.c busy.c strmap.c mem.c \
	domain.c domain_ring.c ring.c state.c state_load.c journal.c \
	initial.c) dom0-tools/lib/log.c \
	$(addprefix tests/unit/, xs_fake.c test_xs_tree.c \
	test_xs_transaction.c test_xs_watch.c test_xs_perms.c test_xs_quota.c \
	test_xs_wire.c test_xs_ring.c test_xs_journal.c test_xs_crash.c)
