/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the reader share. */
#ifndef CONFIG_XML_PRIVATE_H
#define CONFIG_XML_PRIVATE_H

#include "config/domain.h"
#include "config/xml_node.h"

struct xml_reader {
	const char *file;
	struct diag *diag;
	struct domain_config *config;
};

/* "FILE:LINE: text" */
void xml_error(const struct xml_reader *r, unsigned int line,
	       const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void xml_warn(const struct xml_reader *r, unsigned int line,
	      const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The only child of that name; a second one is an error. NULL: none. */
struct xml_node *xml_only(const struct xml_reader *r, struct xml_node *parent,
			  const char *name);

/* A copy of an absolute path; NULL and an error otherwise. */
char *xml_path(const struct xml_reader *r, unsigned int line, const char *what,
	       const char *path);

/* A whole number in [least, most]. */
bool xml_number(const char *text, uint64_t least, uint64_t most,
		uint64_t *value);

void xml_read_devices(struct xml_reader *r, struct xml_node *devices);

/* What nobody asked for: refused or warned about, by name and line. */
void xml_check_rest(struct xml_reader *r, const struct xml_node *node);

#endif
