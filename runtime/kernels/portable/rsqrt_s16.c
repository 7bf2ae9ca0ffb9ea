#include "mcuforge/fixed_point.h"
#include "mcuforge/reciprocal.h"
#include "mcuforge/rsqrt_s16.h"

static inline int32_t rsqrt_s16_element(const mcuf_rsqrt_params *params, int32_t x) {
  if (x <= 0) {
    return INT16_MAX;
  }
  const mcuf_inverse_sqrt root = mcuf_inverse_sqrt_of(x);
  const int32_t raised = mcuf_multiply(1, root.multiplier, root.shift + MCUF_RSQRT_HEADROOM);
  return mcuf_clamp(mcuf_multiply(raised, params->multiplier, params->shift), INT16_MIN, INT16_MAX);
}

void MCUF_FN(rsqrt_s16)(const mcuf_rsqrt_params *params, const int16_t *input, int16_t *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = (int16_t)rsqrt_s16_element(params, input[i]);
  }
}
