/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads domain XML, libvirt's format. No other file uses libxml2.
 */
#ifndef CONFIG_XML_H
#define CONFIG_XML_H

#include <stddef.h>

#include "config/domain.h"

/*
 * All errors and warnings are collected in `diag` as
 * "FILE:LINE: what, and what would be right"; `name` stands for FILE. Unknown
 * elements and attributes are warned about and ignored, but those that say where
 * data goes are errors (xml_rest.c). Returns NULL if there was any error. A uuid that is absent is made up at random, a mac that is
 * absent is made from the uuid.
 */
struct domain_config *xml_parse_file(const char *path, struct diag *diag);
struct domain_config *xml_parse_text(const char *name, const char *text,
				     size_t len, struct diag *diag);

/*
 * The text of a file, "-" being stdin, as a string; NULL and an error when it
 * cannot be read, is too large or is no text. Free it.
 */
char *xml_read_text(const char *path, size_t *len, struct diag *diag);
/* What messages call it: the path, or "stdin". */
const char *xml_file_name(const char *path);

#endif
