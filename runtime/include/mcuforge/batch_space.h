/* SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: pixels of a block dealt out to several images of the batch. */
#ifndef MCUFORGE_BATCH_SPACE_H
#define MCUFORGE_BATCH_SPACE_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/*
 * Heights, then widths. The spatial tensor has `batches` images; the dealt one has that many for each place of a block.
 * `before` is the margin above and to the left of the spatial tensor.
 */
typedef struct {
  int32_t batches;
  int32_t spatial[2];
  int32_t dealt[2];
  int32_t block[2];
  int32_t before[2];
  int32_t pixel_bytes;
} mcuf_batch_space_params;

/*
 * The dealt tensor's pixels are numbered in order: this is the number of the spatial tensor's pixel that belongs there,
 * or -1 where that lies in the margin.
 */
static inline int32_t mcuf_batch_space_pixel(const mcuf_batch_space_params *params, int32_t dealt) {
  const int32_t x = dealt % params->dealt[1];
  const int32_t y = dealt / params->dealt[1] % params->dealt[0];
  const int32_t image = dealt / params->dealt[1] / params->dealt[0];
  const int32_t place = image / params->batches;
  const int32_t row = y * params->block[0] + place / params->block[1] - params->before[0];
  const int32_t column = x * params->block[1] + place % params->block[1] - params->before[1];
  if (row < 0 || row >= params->spatial[0] || column < 0 || column >= params->spatial[1]) {
    return -1;
  }
  return (image % params->batches * params->spatial[0] + row) * params->spatial[1] + column;
}

static inline int32_t mcuf_batch_space_pixels(const mcuf_batch_space_params *params) {
  return params->batches * params->block[0] * params->block[1] * params->dealt[0] * params->dealt[1];
}

/* Move bytes, so that one kernel serves every type. The margin is filled with stored zeros. */
void MCUF_FN(space_to_batch_nd)(const mcuf_batch_space_params *params, const void *input, void *output);
void MCUF_FN(batch_to_space_nd)(const mcuf_batch_space_params *params, const void *input, void *output);

#endif
