#include "mcuforge/sub.h"
#include "mcuforge/fixed_point.h"

static inline int32_t sub_s32_element(const mcuf_binary_s32_params *params, int32_t x1, int32_t x2) {
  return mcuf_clamp(mcuf_subtract_wrapping(x1, x2), params->least, params->greatest);
}

MCUF_DEFINE_BINARY(sub_s32, mcuf_binary_s32_params, int32_t, int32_t, sub_s32_element)
