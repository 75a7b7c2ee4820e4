/* SPDX-License-Identifier: BSD-2-Clause */
/* TLBs of the model machine, for fake_pv.c and tlb.h. */
#ifndef TESTS_UNIT_FAKE_PV_MODEL_H
#define TESTS_UNIT_FAKE_PV_MODEL_H

void model_reset(void);
void model_flush_cpu(unsigned int cpu);
void model_flush_all(void);

#endif
