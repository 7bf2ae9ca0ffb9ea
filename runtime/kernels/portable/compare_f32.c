#include "mcuforge/compare.h"

static inline bool compare_f32_element(const mcuf_compare_params *params, float x1, float x2) {
  if (x1 < x2) {
    return params->less;
  }
  if (x1 > x2) {
    return params->greater;
  }
  return x1 <= x2 ? params->equal : params->unordered;
}

MCUF_DEFINE_BINARY(compare_f32, mcuf_compare_params, float, bool, compare_f32_element)
