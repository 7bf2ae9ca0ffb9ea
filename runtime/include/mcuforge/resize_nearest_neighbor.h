/* RESIZE_NEAREST_NEIGHBOR */
#ifndef MCUFORGE_RESIZE_NEAREST_NEIGHBOR_H
#define MCUFORGE_RESIZE_NEAREST_NEIGHBOR_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* `rows` and `columns` name, for each row and column of the output, the input's that it repeats. */
typedef struct {
  int32_t batches;
  int32_t input_height;
  int32_t input_width;
  int32_t output_height;
  int32_t output_width;
  int32_t pixel_bytes;
  const uint16_t *rows;
  const uint16_t *columns;
} mcuf_resize_nearest_neighbor_params;

/* Moves bytes, so that one kernel serves every type. */
void MCUF_FN(resize_nearest_neighbor)(const mcuf_resize_nearest_neighbor_params *params, const void *input,
                                      void *output);

#endif
