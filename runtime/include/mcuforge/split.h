/* SPLIT, SPLIT_V and UNPACK: one tensor into several along one axis. */
#ifndef MCUFORGE_SPLIT_H
#define MCUFORGE_SPLIT_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* The input is `rows` times a run for each of `count` outputs, `run_bytes[i]` long. */
typedef struct {
  int32_t rows;
  int32_t count;
  const int32_t *run_bytes;
} mcuf_split_params;

/* Moves bytes, so that one kernel serves every type. */
void MCUF_FN(split)(const mcuf_split_params *params, const void *input, void *const *outputs);

#endif
