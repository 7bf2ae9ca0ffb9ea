#include "mcuforge/div.h"
#include "mcuforge/fixed_point.h"
#include "mcuforge/reciprocal.h"

/* x1 / x2 times the output's factor, in TFLM's steps: reciprocal, product with all the bits there are, output's factor. */
static inline int32_t div_s8_quotient(const mcuf_div_params *params, int32_t x1, int32_t x2) {
  const int32_t dividend = x2 < 0 ? -x1 : x1;
  const mcuf_reciprocal inverse = mcuf_reciprocal_of((uint32_t)(x2 < 0 ? -x2 : x2), 31);
  const int32_t headroom = mcuf_leading_sign_bits(dividend);
  const int32_t quotient = mcuf_doubling_high_multiply((int32_t)((uint32_t)dividend << headroom), inverse.factor);
  const int32_t shift = inverse.bits_over_unit + headroom - params->output_shift;
  const int32_t scaled = mcuf_doubling_high_multiply(quotient, params->output_multiplier);
  return shift <= 31 ? mcuf_divide_by_power_of_two(scaled, shift) : 0;
}

static inline int8_t div_s8_element(const mcuf_div_params *params, int32_t x1, int32_t x2) {
  const int32_t divisor = x2 + params->offset2;
  const int32_t quotient = divisor == 0 ? 0 : div_s8_quotient(params, x1 + params->offset1, divisor);
  return (int8_t)mcuf_clamp(quotient + params->output_offset, params->least, params->greatest);
}

MCUF_DEFINE_BINARY(div_s8, mcuf_div_params, int8_t, int8_t, div_s8_element)
