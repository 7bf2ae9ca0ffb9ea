#include "mcuforge/maximum.h"

static inline int64_t maximum_s64_element(const mcuf_binary_params *params, int64_t x1, int64_t x2) {
  (void)params;
  return x1 > x2 ? x1 : x2;
}

MCUF_DEFINE_BINARY(maximum_s64, mcuf_binary_params, int64_t, int64_t, maximum_s64_element)
