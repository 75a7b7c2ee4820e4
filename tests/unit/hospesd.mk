# SPDX-License-Identifier: BSD-2-Clause
# The parts of hospesd and of its CLI that need no hypervisor.
UNIT += hospesd_lifecycle hospesd_records hospesd_api hospesd_console \
	hospesd_console_life hospesd_cli hospes_perf

hospesd_lifecycle_SRCS := dom0-tools/hospesd/lifecycle.c

hospesd_records_SRCS := tests/unit/fake_hospesd.c \
	$(patsubst %,dom0-tools/hospesd/%.c,lifecycle domain create teardown \
	adopt persist reserve corpse worker) dom0-tools/builder/result.c \
	$(patsubst %,dom0-tools/config/%.c,domain domain_json) \
	$(patsubst %,dom0-tools/lib/%.c,diag json json_write log)
hospesd_records_LIBS := -levent_core -lyajl -Wl,--wrap=rename,--wrap=unlink

hospesd_api_SRCS := dom0-tools/hospesd/api_request.c dom0-tools/lib/json.c \
	dom0-tools/lib/json_write.c
hospesd_api_LIBS := -lyajl

hospesd_console_SRCS := dom0-tools/hospesd/console_ring.c \
	dom0-tools/hospesd/console_log.c

hospesd_console_life_SRCS := dom0-tools/lib/log.c \
	$(patsubst %,dom0-tools/hospesd/%.c,console console_ring console_log \
	console_writer worker)
hospesd_console_life_LIBS := -levent_core

hospesd_cli_SRCS := dom0-tools/hospes/commands.c dom0-tools/hospes/format.c \
	dom0-tools/hospes/args.c dom0-tools/lib/lock_holder.c

hospes_perf_SRCS := dom0-tools/hospes/perf.c dom0-tools/lib/json.c \
	dom0-tools/lib/json_write.c
hospes_perf_LIBS := -lyajl

UNIT += hospesd_identity

hospesd_identity_SRCS := dom0-tools/hospesd/device_identity.c \
	dom0-tools/hospesd/device_identity_dom0.c
