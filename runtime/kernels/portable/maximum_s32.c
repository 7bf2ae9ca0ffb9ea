#include "mcuforge/maximum.h"

static inline int32_t maximum_s32_element(const mcuf_binary_params *params, int32_t x1, int32_t x2) {
  (void)params;
  return x1 > x2 ? x1 : x2;
}

MCUF_DEFINE_BINARY(maximum_s32, mcuf_binary_params, int32_t, int32_t, maximum_s32_element)
