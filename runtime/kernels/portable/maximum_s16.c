#include "mcuforge/maximum.h"

static inline int16_t maximum_s16_element(const mcuf_binary_params *params, int16_t x1, int16_t x2) {
  (void)params;
  return x1 > x2 ? x1 : x2;
}

MCUF_DEFINE_BINARY(maximum_s16, mcuf_binary_params, int16_t, int16_t, maximum_s16_element)
