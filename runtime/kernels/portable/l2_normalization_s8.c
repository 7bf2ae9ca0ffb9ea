#include "mcuforge/fixed_point.h"
#include "mcuforge/l2_normalization.h"
#include "mcuforge/reciprocal.h"

/* Outputs are in steps of 2^-7. */
#define L2_NORMALIZATION_S8_OUTPUT_BITS 7

void MCUF_FN(l2_normalization_s8)(const mcuf_l2_normalization_params *params, const int8_t *input, int8_t *output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    int32_t sum = 0;
    for (int32_t i = 0; i < params->depth; ++i) {
      const int32_t x = input[i] + params->input_offset;
      sum += x * x;
    }
    const mcuf_inverse_sqrt norm = mcuf_inverse_sqrt_of(sum);
    const int32_t shift = norm.shift + L2_NORMALIZATION_S8_OUTPUT_BITS;
    for (int32_t i = 0; i < params->depth; ++i) {
      const int32_t scaled = mcuf_multiply(input[i] + params->input_offset, norm.multiplier, shift);
      output[i] = (int8_t)mcuf_clamp(scaled, INT8_MIN, INT8_MAX);
    }
    input += params->depth;
    output += params->depth;
  }
}
