#include "mcuforge/compare.h"
#include "mcuforge/fixed_point.h"

static inline bool compare_s8_element(const mcuf_compare_s8_params *params, int32_t x1, int32_t x2) {
  const int32_t raised1 = (x1 + params->offset1) * (1 << MCUF_COMPARE_S8_HEADROOM);
  const int32_t raised2 = (x2 + params->offset2) * (1 << MCUF_COMPARE_S8_HEADROOM);
  const int32_t scaled1 = mcuf_multiply(raised1, params->multiplier1, params->shift1);
  const int32_t scaled2 = mcuf_multiply(raised2, params->multiplier2, params->shift2);
  return scaled1 < scaled2 ? params->less : (scaled1 == scaled2 ? params->equal : params->greater);
}

MCUF_DEFINE_BINARY(compare_s8, mcuf_compare_s8_params, int8_t, bool, compare_s8_element)
