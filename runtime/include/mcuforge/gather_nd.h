/* GATHER_ND: slices chosen by one index for each of the leading axes. */
#ifndef MCUFORGE_GATHER_ND_H
#define MCUFORGE_GATHER_ND_H

#include <stdint.h>

#include "mcuforge/prefix.h"

#define MCUF_GATHER_ND_INDICES 5

/* `count` slices; `depth` indices each, along axes of `shape`, clamped to lie inside it. */
typedef struct {
  int32_t count;
  int32_t depth;
  int32_t shape[MCUF_GATHER_ND_INDICES];
  int32_t slice_bytes;
} mcuf_gather_nd_params;

/* Moves bytes, so that one kernel serves every type. */
void MCUF_FN(gather_nd)(const mcuf_gather_nd_params *params, const void *values, const int32_t *indices, void *output);

#endif
