/* SPDX-License-Identifier: BSD-2-Clause */
/* Code that raises an exception, and what it should be. */
#ifndef TESTS_CAUSES_H
#define TESTS_CAUSES_H

#include "guest.h"

struct cause {
	const char *code;
	int vector;
	unsigned long error;
	int offset;		/* of the reported address; -1: not looked at */
};

/* Every piece ends in ud2, in case. */
#define CAUSE(name, text)	USER_CODE(name, text "; ret; ud2")

/* causes64.c, causes32.c: those that only this kind has. */
extern const struct cause kind_causes[];
extern const unsigned int nr_kind_causes;

#endif
