#include "mcuforge/compare.h"

static inline bool compare_s32_element(const mcuf_compare_params *params, int32_t x1, int32_t x2) {
  return x1 < x2 ? params->less : (x1 == x2 ? params->equal : params->greater);
}

MCUF_DEFINE_BINARY(compare_s32, mcuf_compare_params, int32_t, bool, compare_s32_element)
