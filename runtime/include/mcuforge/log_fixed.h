/* log(x) in 32-bit fixed point, in the steps of TFLM's quantized LOG_SOFTMAX. */
#ifndef MCUFORGE_LOG_FIXED_H
#define MCUFORGE_LOG_FIXED_H

#include <stdint.h>

#include "mcuforge/fixed_point.h"
#include "mcuforge/reciprocal.h"

#define MCUF_LOG_INPUT_BITS 12 /* before the binary point, as in all names of formats: Q12.19 */
#define MCUF_LOG_SUM_BITS 6    /* Q6.25, with one bit more than the result, which saturates */

static inline int32_t mcuf_shift_left_saturating(int32_t x, int32_t bits) {
  const int64_t shifted = (int64_t)x * ((int64_t)1 << bits);
  return shifted > INT32_MAX ? INT32_MAX : (int32_t)shifted;
}

/* log of a number in [2^(-1/2), 1), Q0.31, relative to 2^(-1/4): a rational function, in Q6.25. */
static inline int32_t mcuf_log_near_one(int32_t r) {
  const int32_t middle = 1805811301; /* 2^(-1/4) */
  const int32_t p = (int32_t)(((int64_t)r + middle + 1) / 2);
  const int32_t q = (r - middle) * 2;
  const int32_t q2 = mcuf_doubling_high_multiply(q, q);
  const int32_t odd = mcuf_doubling_high_multiply(mcuf_doubling_high_multiply(q, q2), 117049297); /* 11/240 2^(1/4) */
  const int32_t numerator = mcuf_doubling_high_multiply(q, r) + odd;
  const int32_t even = 1057819769 + q + mcuf_doubling_high_multiply(127690142, q2); /* 2^(3/4) - 2^(1/4), 1/20 2^(1/4) */
  const int32_t denominator_minus_one =
      mcuf_doubling_high_multiply(p, even) + mcuf_doubling_high_multiply(638450708, q); /* 1/4 2^(1/4) */
  return mcuf_doubling_high_multiply(mcuf_divide_by_power_of_two(numerator, MCUF_LOG_SUM_BITS),
                                     mcuf_reciprocal_of_one_plus(denominator_minus_one));
}

/*
 * log(x) in Q5.26 for x >= 1 in Q12.19: x is r times a power of the root of 2, r in [2^(-1/2), 1), and of the two ways to
 * say that, at a whole power and at one half further, the one with the lesser r and the greater power counts.
 */
static inline int32_t mcuf_log_q5(int32_t x) {
  const int32_t sqrt_half = 1518500250;
  const int32_t quarter = 1 << (31 - MCUF_LOG_SUM_BITS - 2);
  const int32_t zeros_a = mcuf_leading_zeros((uint32_t)x);
  const int32_t r_a =
      mcuf_shift_left_saturating(mcuf_doubling_high_multiply(x << (zeros_a - 1), sqrt_half), 1);
  const int32_t power_a = (MCUF_LOG_INPUT_BITS - zeros_a) * (1 << (31 - MCUF_LOG_SUM_BITS)) + quarter;
  const int32_t headroom_b = mcuf_leading_zeros((uint32_t)mcuf_doubling_high_multiply(x, sqrt_half)) - 1;
  const int32_t r_b = mcuf_shift_left_saturating(x, headroom_b);
  const int32_t power_b = (MCUF_LOG_INPUT_BITS - headroom_b) * (1 << (31 - MCUF_LOG_SUM_BITS)) - quarter;
  const int32_t power = power_a > power_b ? power_a : power_b;
  const int32_t whole = mcuf_doubling_high_multiply(power, 1488522236); /* log(2) */
  return mcuf_shift_left_saturating(whole + mcuf_log_near_one(r_a < r_b ? r_a : r_b), 1);
}

#endif
