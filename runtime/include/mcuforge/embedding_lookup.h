/* EMBEDDING_LOOKUP in a table of int8, with float32 out. The other types are `gather`. */
#ifndef MCUFORGE_EMBEDDING_LOOKUP_H
#define MCUFORGE_EMBEDDING_LOOKUP_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* `count` rows of `row` elements; indices are clamped to 0 … greatest. */
typedef struct {
  int32_t count;
  int32_t greatest;
  int32_t row;
  float scale;
} mcuf_embedding_lookup_params;

void MCUF_FN(embedding_lookup_s8_f32)(const mcuf_embedding_lookup_params *params, const int8_t *table,
                                      const int32_t *indices, float *output);

#endif
