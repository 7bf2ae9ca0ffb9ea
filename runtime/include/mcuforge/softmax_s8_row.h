/* What the softmax kernels with int8 input share: the sum of a row's exponentials and its reciprocal. */
#ifndef MCUFORGE_SOFTMAX_S8_ROW_H
#define MCUFORGE_SOFTMAX_S8_ROW_H

#include <stdint.h>

#include "mcuforge/fixed_point.h"
#include "mcuforge/softmax.h"

#define MCUF_SOFTMAX_SUM_INTEGER_BITS 12

/* value / sum is value * factor * 2^-(31 + bits_over_unit): factor in Q0.31. */
typedef struct {
  int32_t max;
  int32_t factor;
  int32_t bits_over_unit;
} mcuf_softmax_row;

/*
 * 1 / (1 + x) for x in [0, 1), both in Q0.31: Newton's iteration on the half denominator from the linear estimate
 * 48/17 - 32/17 d, all in Q2.29.
 */
static inline int32_t mcuf_reciprocal_of_one_plus(int32_t x) {
  const int32_t half_denominator = (int32_t)(((int64_t)x + INT32_MAX + 1) >> 1);
  int32_t estimate = 1515870810 + mcuf_doubling_high_multiply(half_denominator, -1010580540);
  for (int32_t iteration = 0; iteration < 3; ++iteration) {
    const int32_t error = (1 << 29) - mcuf_doubling_high_multiply(half_denominator, estimate);
    estimate += mcuf_doubling_high_multiply(estimate, error) * 4;
  }
  return estimate >= (1 << 30) ? INT32_MAX : estimate * 2;
}

static inline int32_t mcuf_softmax_exponential(const mcuf_softmax_params *params, int32_t difference) {
  return difference < params->entries ? params->exponentials[difference] : 0;
}

static inline mcuf_softmax_row mcuf_softmax_row_of(const mcuf_softmax_params *params, const int8_t *input) {
  mcuf_softmax_row row = {INT8_MIN, 0, MCUF_SOFTMAX_SUM_INTEGER_BITS};
  uint32_t sum = 0;
  for (int32_t i = 0; i < params->depth; ++i) {
    row.max = input[i] > row.max ? input[i] : row.max;
  }
  for (int32_t i = 0; i < params->depth; ++i) {
    sum += (uint32_t)mcuf_divide_by_power_of_two(mcuf_softmax_exponential(params, row.max - input[i]),
                                                 MCUF_SOFTMAX_SUM_INTEGER_BITS);
  }
  /* Normalised to [1, 2): the maximum itself adds 1.0, so the sum is not zero. */
  while ((sum & 0x80000000u) == 0) {
    sum <<= 1;
    --row.bits_over_unit;
  }
  row.factor = mcuf_reciprocal_of_one_plus((int32_t)(sum - 0x80000000u));
  return row;
}

static inline int32_t mcuf_softmax_element(const mcuf_softmax_params *params, const mcuf_softmax_row *row,
                                           int32_t input, int32_t output_bits) {
  const int32_t exponential = mcuf_softmax_exponential(params, row->max - input);
  const int32_t product = mcuf_doubling_high_multiply(row->factor, exponential);
  return mcuf_divide_by_power_of_two(product, row->bits_over_unit + 31 - output_bits);
}

#endif
