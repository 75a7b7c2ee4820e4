/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer: the bytes are what dom0, two guests over connections and one over
 * its ring send, in turn. Every whole request must be answered, and at the end
 * the accounts must be true.
 *
 * `make test` runs it with drive.c. For libFuzzer it is built by clang
 * -fsanitize=fuzzer,address,undefined with the sources that the Makefile names;
 * run it with -detect_leaks=0 -max_total_time=60 -dict=tests/fuzz/xs_wire.dict.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "../unit/xs_fake.h"
#include "xenstored/domain_ring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fake *client[3];

static void fuzz_start(void)
{
	static struct fake *old[3];

	for (int i = 0; i < 3; i++) {
		if (old[i]) {
			conn_free(&old[i]->conn);
			buf_free(&old[i]->in);
			buf_free(&old[i]->out);
			buf_free(&old[i]->events);
			free(old[i]);
		}
	}
	if (!fake_xen)
		fake_xen_init();
	memset(fake_xen, 0, sizeof(*fake_xen));
	fake_store();
	for (int i = 0; i < 3; i++)
		old[i] = client[i] = fake_new(i ? 4 + i : 0);
	fake_str(client[0], XS_INTRODUCE, 0, "1\0" "7\0" "3");
	fake_str(client[0], XS_MKDIR, 0, "/local/domain/5");
	fake_str(client[0], XS_SET_PERMS, 0, "/local/domain/5\0b5");
}

static void fuzz_ring(const uint8_t *data, size_t len)
{
	struct xenstore_domain_interface *p = (void *)fake_xen->dom[1].page;
	struct domain *d = domain_find(1);

	for (size_t i = 0; i < len; i++)
		p->req[MASK_XENSTORE_IDX(p->req_prod++)] = data[i];
	if (d)
		domain_serve(d);
	fake_run();
	p->rsp_cons = p->rsp_prod;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_start();
	while (size >= 3) {
		/* Type, transaction and who; length; payload. */
		size_t len = data[2];
		int who = data[0] >> 6;

		if (len > size - 3)
			len = size - 3;
		if (who == 3) {
			fuzz_ring(data + 3, len);
		} else {
			fake_send(client[who], data[0] & 31, data[1] & 7,
				  data + 3, len);
			fake_run();
			if (!fake_reply(client[who]))
				abort();
		}
		data += 3 + len;
		size -= 3 + len;
	}
	if (!store_check())
		abort();
	for (int i = 0; i < 3; i++)
		conn_reset(&client[i]->conn);
	fake_forget();
	return 0;
}
