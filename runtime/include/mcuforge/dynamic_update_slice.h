/* DYNAMIC_UPDATE_SLICE: a tensor with a box of it replaced. */
#ifndef MCUFORGE_DYNAMIC_UPDATE_SLICE_H
#define MCUFORGE_DYNAMIC_UPDATE_SLICE_H

#include <stdint.h>
#include <string.h>

#include "mcuforge/clamp_index.h"
#include "mcuforge/prefix.h"

#define MCUF_UPDATE_RANK 6

/* Shapes of tensor and update, the last `rank` axes of which are real; `start` has that many elements. */
typedef struct {
  int32_t rank;
  int32_t shape[MCUF_UPDATE_RANK];
  int32_t update[MCUF_UPDATE_RANK];
  int32_t element_bytes;
} mcuf_dynamic_update_slice_params;

/* Moves bytes, so that these serve every type. Each start is clamped so that the box lies inside the tensor. */
void MCUF_FN(dynamic_update_slice_s32)(const mcuf_dynamic_update_slice_params *params, const void *operand,
                                       const void *update, const int32_t *start, void *output);
void MCUF_FN(dynamic_update_slice_s64)(const mcuf_dynamic_update_slice_params *params, const void *operand,
                                       const void *update, const int64_t *start, void *output);

static inline int32_t mcuf_update_product(const int32_t *sizes, int32_t count) {
  int32_t product = 1;
  for (int32_t axis = 0; axis < count; ++axis) {
    product *= sizes[axis];
  }
  return product;
}

/* The element where a row of the update goes; rows are numbered in order. `start` is clamped. */
static inline int32_t mcuf_update_offset(const mcuf_dynamic_update_slice_params *params, const int32_t *start,
                                         int32_t row) {
  int32_t offset = start[MCUF_UPDATE_RANK - 1];
  int32_t step = params->shape[MCUF_UPDATE_RANK - 1];
  for (int32_t axis = MCUF_UPDATE_RANK - 2; axis >= 0; --axis) {
    offset += (start[axis] + row % params->update[axis]) * step;
    row /= params->update[axis];
    step *= params->shape[axis];
  }
  return offset;
}

/* Output and operand may overlap: the operand is moved first. */
static inline void mcuf_update_slice(const mcuf_dynamic_update_slice_params *params, const void *operand,
                                     const void *update, const int32_t *start, void *output) {
  const int32_t elements = mcuf_update_product(params->shape, MCUF_UPDATE_RANK);
  if (output != operand) {
    memmove(output, operand, (size_t)elements * (size_t)params->element_bytes);
  }
  const int32_t rows = mcuf_update_product(params->update, MCUF_UPDATE_RANK - 1);
  const int32_t row_bytes = params->update[MCUF_UPDATE_RANK - 1] * params->element_bytes;
  for (int32_t row = 0; row < rows; ++row) {
    memcpy((uint8_t *)output + mcuf_update_offset(params, start, row) * params->element_bytes,
           (const uint8_t *)update + row * row_bytes, (size_t)row_bytes);
  }
}

#endif
