/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An XML document as plain structures: elements, attributes and text, each
 * with the line it stands on. Who reads a node marks it as used; the rest is
 * what nobody knew.
 */
#ifndef CONFIG_XML_NODE_H
#define CONFIG_XML_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/diag.h"

/* In JSON, where each quote becomes two bytes, it still is one API request. */
#define XML_TEXT_MAX (256 * 1024)

struct xml_attribute {
	char *name, *value;
	bool used;
	struct xml_attribute *next;
};

struct xml_node {
	char *name;
	char *text;		/* trimmed; white space is single blanks */
	unsigned int line;
	bool used;
	struct xml_attribute *attributes;
	struct xml_node *children, *next;
};

/*
 * NULL and an error in `diag` when the text is not well-formed, too large or
 * has a DOCTYPE. Nothing outside of the text is ever read.
 */
struct xml_node *xml_node_parse(const char *name, const char *text, size_t len,
				struct diag *diag);
void xml_node_free(struct xml_node *node);

/* The value, marking it as used; NULL: no such attribute. */
const char *xml_node_attribute(struct xml_node *node, const char *name);

/* The next child of that name from `from` on, marking it; NULL: none. */
struct xml_node *xml_node_child(struct xml_node *from, const char *name);

/* Marks everything in it as used. */
void xml_node_accept(struct xml_node *node);

#endif
