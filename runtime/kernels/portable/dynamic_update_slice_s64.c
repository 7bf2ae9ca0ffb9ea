#include "mcuforge/dynamic_update_slice.h"

void MCUF_FN(dynamic_update_slice_s64)(const mcuf_dynamic_update_slice_params *params, const void *operand,
                                       const void *update, const int64_t *start, void *output) {
  const int32_t before = MCUF_UPDATE_RANK - params->rank;
  int32_t clamped[MCUF_UPDATE_RANK] = {0};
  for (int32_t axis = before; axis < MCUF_UPDATE_RANK; ++axis) {
    clamped[axis] = mcuf_clamp_index(start[axis - before], params->shape[axis] - params->update[axis]);
  }
  mcuf_update_slice(params, operand, update, clamped, output);
}
