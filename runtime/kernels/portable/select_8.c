#include "mcuforge/select.h"

void MCUF_FN(select_8)(const mcuf_select_params *params, const bool *condition, const void *input1,
                       const void *input2, void *output) {
  const int32_t last = MCUF_BROADCAST_RANK - 1;
  const int32_t rows = params->shape[0] * params->shape[1] * params->shape[2];
  uint8_t *to = output;
  for (int32_t row = 0; row < rows; ++row) {
    const uint8_t *x1 = (const uint8_t *)input1 + mcuf_broadcast_offset(params->shape, params->stride1, row);
    const uint8_t *x2 = (const uint8_t *)input2 + mcuf_broadcast_offset(params->shape, params->stride2, row);
    /* Bytes, not bools: other values than 0 and 1 are true, and C does not let them be read as bool. */
    const uint8_t *first =
        (const uint8_t *)condition + mcuf_broadcast_offset(params->shape, params->condition_stride, row);
    for (int32_t i = 0; i < params->shape[last]; ++i) {
      *to++ = first[i * params->condition_stride[last]] != 0 ? x1[i * params->stride1[last]]
                                                              : x2[i * params->stride2[last]];
    }
  }
}
