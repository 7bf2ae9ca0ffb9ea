#include "mcuforge/fixed_point.h"
#include "mcuforge/reciprocal.h"
#include "mcuforge/softmax.h"

/* A table's value at x of 0 <= x < 2^16, interpolated between points 2^7 apart. */
static inline int32_t softmax_s16_between(const int16_t *table, int32_t x) {
  const int32_t at = x >> 7;
  const int32_t slope = table[at + 1] - table[at];
  return table[at] + ((slope * (x & 0x7f) + 64) >> 7);
}

static inline int32_t softmax_s16_exponential(const mcuf_softmax_s16_params *params, int32_t difference) {
  const int32_t scaled = mcuf_multiply(difference, params->multiplier, params->shift);
  return softmax_s16_between(params->exponentials, mcuf_clamp(mcuf_add_wrapping(scaled, 0xffff), 0, 0xffff));
}

/* 2^15 / sum, scaled by its power of two, for a sum with so many leading zeros. */
static inline int32_t softmax_s16_reciprocal(const mcuf_softmax_s16_params *params, int32_t sum, int32_t zeros) {
  const int32_t normalized = (int32_t)((((int64_t)sum << (zeros - 1)) + (1 << 13)) >> 14);
  return softmax_s16_between(params->reciprocals, mcuf_clamp(normalized - (1 << 16), 0, 0xffff));
}

/* The exponentials of a row, left in the output, and their sum. */
static int32_t softmax_s16_sum(const mcuf_softmax_s16_params *params, const int16_t *input, int16_t *output) {
  int32_t max = INT16_MIN;
  int32_t sum = 0;
  for (int32_t i = 0; i < params->depth; ++i) {
    max = input[i] > max ? input[i] : max;
  }
  for (int32_t i = 0; i < params->depth; ++i) {
    output[i] = (int16_t)softmax_s16_exponential(params, input[i] - max);
    sum += output[i];
  }
  return sum;
}

void MCUF_FN(softmax_s16)(const mcuf_softmax_s16_params *params, const int16_t *input, int16_t *output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    const int32_t sum = softmax_s16_sum(params, input, output);
    const int32_t zeros = mcuf_leading_zeros((uint32_t)sum);
    const int32_t reciprocal = softmax_s16_reciprocal(params, sum, zeros);
    const int32_t shift = 31 - zeros;
    for (int32_t i = 0; i < params->depth; ++i) {
      const int32_t rounded = (output[i] * reciprocal + (1 << (shift - 1))) >> shift;
      output[i] = (int16_t)mcuf_clamp(rounded, 0, INT16_MAX);
    }
    input += params->depth;
    output += params->depth;
  }
}
