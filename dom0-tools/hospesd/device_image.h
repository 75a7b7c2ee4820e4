/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The images of disks: opened here, by the names that the domain's file gives,
 * and nowhere else; each is compared with what other domains and dom0 itself
 * use, and with what it was when its guest last started.
 */
#ifndef HOSPESD_DEVICE_IMAGE_H
#define HOSPESD_DEVICE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hospesd/device_identity.h"

struct device;
struct diag;
struct domain;
struct domain_config;
struct hospesd;
struct json;
struct json_writer;

/* An image as it was when it was last opened for its guest. */
struct image_past {
	bool known;
	uint64_t bytes;
	struct identity id;
};

/*
 * For the backend: a descriptor with just the rights it needs, or -errno with a
 * message. -EBUSY may pass: whoever had it may be on the way out.
 */
int image_open_for(struct device *dev, char *error, size_t size);

/* Before anything is made: no disk is used by another domain or by dom0. */
void images_check(struct hospesd *m, const struct domain_config *config,
		  struct diag *diag);

/* What is known of the past, in the domain's record. */
void images_save(const struct domain *d, struct json_writer *w);
void images_adopt(struct domain *d, const struct json *array);

#endif
