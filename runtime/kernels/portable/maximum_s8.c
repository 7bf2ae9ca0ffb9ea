#include "mcuforge/maximum.h"

static inline int8_t maximum_s8_element(const mcuf_binary_params *params, int8_t x1, int8_t x2) {
  (void)params;
  return x1 > x2 ? x1 : x2;
}

MCUF_DEFINE_BINARY(maximum_s8, mcuf_binary_params, int8_t, int8_t, maximum_s8_element)
