/* GATHER and EMBEDDING_LOOKUP: rows chosen by indices. */
#ifndef MCUFORGE_GATHER_H
#define MCUFORGE_GATHER_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/*
 * Values are [batches][outer][greatest + 1] rows of `row` bytes, indices [batches][count]; the output is
 * [batches][outer][count] rows. Indices are clamped to 0 … greatest.
 */
typedef struct {
  int32_t batches;
  int32_t outer;
  int32_t count;
  int32_t greatest;
  int32_t row;
} mcuf_gather_params;

/* Moves bytes, so that one kernel serves every type. */
void MCUF_FN(gather)(const mcuf_gather_params *params, const void *values, const int32_t *indices, void *output);

#endif
