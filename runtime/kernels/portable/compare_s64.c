#include "mcuforge/compare.h"

static inline bool compare_s64_element(const mcuf_compare_params *params, int64_t x1, int64_t x2) {
  return x1 < x2 ? params->less : (x1 == x2 ? params->equal : params->greater);
}

MCUF_DEFINE_BINARY(compare_s64, mcuf_compare_params, int64_t, bool, compare_s64_element)
