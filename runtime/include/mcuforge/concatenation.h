/* CONCATENATION along one axis. */
#ifndef MCUFORGE_CONCATENATION_H
#define MCUFORGE_CONCATENATION_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* Each input is `rows` runs of run_bytes[i] bytes; the output interleaves them. */
typedef struct {
  int32_t rows;
  int32_t inputs;
  const int32_t *run_bytes;
} mcuf_concatenation_params;

/* Moves bytes, so that one kernel serves every type. */
void MCUF_FN(concatenation)(const mcuf_concatenation_params *params, const void *const *inputs, void *output);

#endif
