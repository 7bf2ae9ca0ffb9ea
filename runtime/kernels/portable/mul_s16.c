#include "mcuforge/mul.h"

static inline int16_t mul_s16_element(const mcuf_mul_params *params, int32_t x1, int32_t x2) {
  return (int16_t)mcuf_mul_element(params, x1, x2);
}

MCUF_DEFINE_BINARY(mul_s16, mcuf_mul_params, int16_t, int16_t, mul_s16_element)
