#include "mcuforge/mul.h"

static inline int8_t mul_s8_element(const mcuf_mul_params *params, int32_t x1, int32_t x2) {
  return (int8_t)mcuf_mul_element(params, x1, x2);
}

MCUF_DEFINE_BINARY(mul_s8, mcuf_mul_params, int8_t, int8_t, mul_s8_element)
