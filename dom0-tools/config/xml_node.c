/* SPDX-License-Identifier: BSD-2-Clause */
/* Plain structures from libxml2's tree; no other file uses libxml2. */
#include "config/xml_node.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#define XML_DEPTH_MAX 32

/*
 * The library is loaded when the first file is read. With all that it draws in
 * it is more than half of what hospes and hospesd need to start, and no command
 * but those that read a file needs it, nor does hospesd when it is started anew
 * and its guests wait.
 */
#define LIBRARY "libxml2.so.2"

static struct {
	__typeof__(xmlReadMemory) *read_memory;
	__typeof__(xmlFreeDoc) *free_doc;
	__typeof__(xmlDocGetRootElement) *root;
	__typeof__(xmlNodeGetContent) *content;
	__typeof__(xmlGetLineNo) *line;
	__typeof__(xmlSetStructuredErrorFunc) *on_error;
	xmlFreeFunc *free;
} libxml;

static bool load_library(void)
{
	static const struct {
		const char *name;
		void *at;
	} symbols[] = {
		{ "xmlReadMemory", &libxml.read_memory },
		{ "xmlFreeDoc", &libxml.free_doc },
		{ "xmlDocGetRootElement", &libxml.root },
		{ "xmlNodeGetContent", &libxml.content },
		{ "xmlGetLineNo", &libxml.line },
		{ "xmlSetStructuredErrorFunc", &libxml.on_error },
		{ "xmlFree", &libxml.free },
	};
	void *library;

	if (libxml.free)
		return true;
	library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
	if (!library)
		return false;
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		void *symbol = dlsym(library, symbols[i].name);

		if (!symbol)
			return false;
		memcpy(symbols[i].at, &symbol, sizeof(symbol));
	}
	return true;
}

void xml_node_free(struct xml_node *node)
{
	while (node) {
		struct xml_node *next = node->next;

		while (node->attributes) {
			struct xml_attribute *a = node->attributes;

			node->attributes = a->next;
			free(a->name);
			free(a->value);
			free(a);
		}
		xml_node_free(node->children);
		free(node->name);
		free(node->text);
		free(node);
		node = next;
	}
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Adds text: runs of white space become one blank, none at the start. */
static bool add_text(struct xml_node *node, const char *text)
{
	size_t len = strlen(node->text);
	char *grown = realloc(node->text, len + strlen(text) + 1);

	if (!grown)
		return false;
	node->text = grown;
	for (; *text; text++) {
		if (!is_space(*text))
			grown[len++] = *text;
		else if (len && grown[len - 1] != ' ')
			grown[len++] = ' ';
	}
	grown[len] = '\0';
	return true;
}

static void trim_end(char *text)
{
	size_t len = strlen(text);

	if (len && text[len - 1] == ' ')
		text[len - 1] = '\0';
}

static bool convert_attributes(struct xml_node *node, xmlNodePtr from)
{
	struct xml_attribute **end = &node->attributes;

	for (xmlAttrPtr a = from->properties; a; a = a->next) {
		xmlChar *value = libxml.content((xmlNodePtr)a);
		struct xml_attribute *copy = calloc(1, sizeof(*copy));

		if (copy) {
			copy->name = strdup((const char *)a->name);
			copy->value = strdup(value ? (const char *)value : "");
			*end = copy;
			end = &copy->next;
		}
		(*libxml.free)(value);
		if (!copy || !copy->name || !copy->value)
			return false;
	}
	return true;
}

static struct xml_node *convert(xmlNodePtr from, int depth);

static bool convert_children(struct xml_node *node, xmlNodePtr from, int depth)
{
	struct xml_node **end = &node->children;

	for (xmlNodePtr n = from->children; n; n = n->next) {
		if (n->type == XML_TEXT_NODE) {
			if (!add_text(node, (const char *)n->content))
				return false;
			continue;
		}
		if (n->type != XML_ELEMENT_NODE)
			continue;
		*end = convert(n, depth + 1);
		if (!*end)
			return false;
		end = &(*end)->next;
	}
	return true;
}

static struct xml_node *convert(xmlNodePtr from, int depth)
{
	struct xml_node *node;

	if (depth >= XML_DEPTH_MAX)
		return NULL;
	node = calloc(1, sizeof(*node));
	if (!node)
		return NULL;
	node->name = strdup((const char *)from->name);
	node->text = strdup("");
	node->line = (unsigned int)libxml.line(from);
	if (!node->name || !node->text || !convert_attributes(node, from) ||
	    !convert_children(node, from, depth)) {
		xml_node_free(node);
		return NULL;
	}
	trim_end(node->text);
	return node;
}

struct parse_problem {
	const char *name;
	struct diag *diag;
	bool told;
};

/* One is told: what the parser says after that are consequences. */
static void on_error(void *arg, xmlErrorPtr e)
{
	struct parse_problem *p = arg;
	size_t len;

	if (p->told || e->level < XML_ERR_ERROR)
		return;
	p->told = true;
	len = e->message ? strcspn(e->message, "\n") : 0;
	diag_error(p->diag, "%s:%d: not well-formed XML: %.*s; check the tags "
		   "and quotes on this line and before it", p->name, e->line,
		   (int)len, e->message ? e->message : "");
}

static struct xml_node *convert_document(xmlDocPtr doc, const char *name,
					 struct diag *diag)
{
	xmlNodePtr root = libxml.root(doc);
	struct xml_node *node;

	if (doc->intSubset) {
		diag_error(diag, "%s:1: a DOCTYPE is not allowed here; remove "
			   "it", name);
		return NULL;
	}
	if (!root) {
		diag_error(diag, "%s:1: the file is empty; it must hold a "
			   "<domain> element", name);
		return NULL;
	}
	node = convert(root, 0);
	if (!node)
		diag_error(diag, "%s: elements are nested more than %d deep",
			   name, XML_DEPTH_MAX);
	return node;
}

struct xml_node *xml_node_parse(const char *name, const char *text, size_t len,
				struct diag *diag)
{
	struct parse_problem problem = { .name = name, .diag = diag };
	struct xml_node *node = NULL;
	xmlDocPtr doc;

	if (len > XML_TEXT_MAX) {
		diag_error(diag, "%s: larger than %d bytes, which no domain "
			   "file is", name, XML_TEXT_MAX);
		return NULL;
	}
	if (!load_library()) {
		diag_error(diag, "%s cannot be read: %s; install the package "
			   "libxml2", name, dlerror());
		return NULL;
	}
	libxml.on_error(&problem, on_error);
	doc = libxml.read_memory(text, (int)len, NULL, NULL,
				 XML_PARSE_NONET | XML_PARSE_NOCDATA |
				 XML_PARSE_BIG_LINES);
	if (doc) {
		node = convert_document(doc, name, diag);
		libxml.free_doc(doc);
	} else if (!problem.told) {
		diag_error(diag, "%s:1: not XML; it must hold a <domain> "
			   "element", name);
	}
	libxml.on_error(NULL, NULL);
	return node;
}

const char *xml_node_attribute(struct xml_node *node, const char *name)
{
	for (struct xml_attribute *a = node->attributes; a; a = a->next) {
		if (strcmp(a->name, name) == 0) {
			a->used = true;
			return a->value;
		}
	}
	return NULL;
}

struct xml_node *xml_node_child(struct xml_node *from, const char *name)
{
	for (; from; from = from->next) {
		if (strcmp(from->name, name) == 0) {
			from->used = true;
			return from;
		}
	}
	return NULL;
}

void xml_node_accept(struct xml_node *node)
{
	node->used = true;
	for (struct xml_attribute *a = node->attributes; a; a = a->next)
		a->used = true;
	for (struct xml_node *n = node->children; n; n = n->next)
		xml_node_accept(n);
}
