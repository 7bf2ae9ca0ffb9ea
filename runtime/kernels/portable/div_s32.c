#include "mcuforge/div.h"
#include "mcuforge/fixed_point.h"

/* INT32_MIN / -1 does not fit and traps on some machines; it wraps here. */
static inline int32_t div_s32_quotient(int32_t x1, int32_t x2) {
  return x2 == -1 ? mcuf_subtract_wrapping(0, x1) : x1 / x2;
}

static inline int32_t div_s32_element(const mcuf_binary_s32_params *params, int32_t x1, int32_t x2) {
  return mcuf_clamp(x2 == 0 ? 0 : div_s32_quotient(x1, x2), params->least, params->greatest);
}

MCUF_DEFINE_BINARY(div_s32, mcuf_binary_s32_params, int32_t, int32_t, div_s32_element)
