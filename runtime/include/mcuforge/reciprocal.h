/* 1 / x and 1 / sqrt(x) in 32-bit fixed point, in the steps of TFLM's kernels. */
#ifndef MCUFORGE_RECIPROCAL_H
#define MCUFORGE_RECIPROCAL_H

#include <stdint.h>

#include "mcuforge/fixed_point.h"

/* y / x is y * factor * 2^-(31 + bits_over_unit): factor in Q0.31. */
typedef struct {
  int32_t factor;
  int32_t bits_over_unit;
} mcuf_reciprocal;

/* y / sqrt(x) is mcuf_multiply(y, multiplier, shift). */
typedef struct {
  int32_t multiplier;
  int32_t shift;
} mcuf_inverse_sqrt;

static inline int32_t mcuf_leading_zeros(uint32_t x) {
  int32_t count = 0;
  for (; count < 32 && (x & 0x80000000u) == 0u; ++count) {
    x <<= 1;
  }
  return count;
}

/* Bits that repeat the sign: how far a number can be shifted left. 31 for 0 and -1. */
static inline int32_t mcuf_leading_sign_bits(int32_t x) {
  return mcuf_leading_zeros((uint32_t)(x < 0 ? ~x : x)) - 1;
}

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

/* 1 / x for x > 0 with `integer_bits` bits before the binary point. */
static inline mcuf_reciprocal mcuf_reciprocal_of(uint32_t x, int32_t integer_bits) {
  const int32_t headroom = mcuf_leading_zeros(x);
  /* Normalised to [1, 2). */
  const mcuf_reciprocal inverse = {mcuf_reciprocal_of_one_plus((int32_t)((x << headroom) - 0x80000000u)),
                                   integer_bits - headroom};
  return inverse;
}

/* 1 / sqrt(x) for an integer x >= 0, 0 taken as 1: five Newton steps from 1, in Q3.28, on x brought to [1/2, 2). */
static inline mcuf_inverse_sqrt mcuf_inverse_sqrt_of(int32_t x) {
  mcuf_inverse_sqrt result = {INT32_MAX, 0};
  if (x <= 1) {
    return result;
  }
  int32_t right_shift = 11;
  for (; x >= (1 << 29); x /= 4) {
    ++right_shift;
  }
  const int32_t pairs = (mcuf_leading_zeros((uint32_t)x) - 1) / 2 - 1;
  right_shift -= pairs;
  const int32_t scaled = (int32_t)((uint32_t)x << (2 * pairs)) >> 1;
  const int32_t half = mcuf_divide_by_power_of_two(scaled, 1);
  const int32_t three_halves = (1 << 28) + (1 << 27);
  int32_t estimate = 1 << 28;
  for (int32_t step = 0; step < 5; ++step) {
    const int32_t squared = mcuf_doubling_high_multiply(estimate, estimate);            /* Q6.25 */
    const int32_t cube = mcuf_doubling_high_multiply(squared, estimate) * (1 << 6);     /* Q9.22, then Q3.28 */
    const int32_t sum = mcuf_doubling_high_multiply(three_halves, estimate) - mcuf_doubling_high_multiply(half, cube);
    estimate = sum * 8; /* from Q6.25 */
  }
  result.multiplier = mcuf_doubling_high_multiply(estimate, 1518500250); /* sqrt(1 / 2) */
  if (right_shift < 0) {
    result.multiplier = (int32_t)((uint32_t)result.multiplier << -right_shift);
    right_shift = 0;
  }
  result.shift = -right_shift;
  return result;
}

#endif
