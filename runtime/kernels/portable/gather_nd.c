#include <string.h>

#include "mcuforge/clamp_index.h"
#include "mcuforge/gather_nd.h"

void MCUF_FN(gather_nd)(const mcuf_gather_nd_params *params, const void *values, const int32_t *indices, void *output) {
  uint8_t *to = output;
  for (int32_t i = 0; i < params->count; ++i) {
    int32_t slice = 0;
    for (int32_t axis = 0; axis < params->depth; ++axis) {
      slice = slice * params->shape[axis] + mcuf_clamp_index(*indices++, params->shape[axis] - 1);
    }
    memcpy(to, (const uint8_t *)values + slice * params->slice_bytes, (size_t)params->slice_bytes);
    to += params->slice_bytes;
  }
}
