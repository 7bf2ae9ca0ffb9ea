/*
 * 32-bit fixed-point arithmetic with TensorFlow Lite Micro's rounding; the host's twin is model/arithmetic/fixed_point.py.
 *
 * Two properties of the compiler are used that C99 leaves to it, and that GCC, Clang, armclang and IAR document:
 * conversion of an out-of-range value to int32_t wraps, and >> of a negative number is arithmetic.
 */
#ifndef MCUFORGE_FIXED_POINT_H
#define MCUFORGE_FIXED_POINT_H

#include <stdint.h>

/* Arithmetic modulo 2^32: TFLM's kernels wrap, and signed overflow is undefined in C. */
static inline int32_t mcuf_add_wrapping(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }

static inline int32_t mcuf_subtract_wrapping(int32_t a, int32_t b) { return (int32_t)((uint32_t)a - (uint32_t)b); }

static inline int32_t mcuf_multiply_wrapping(int32_t a, int32_t b) { return (int32_t)((uint32_t)a * (uint32_t)b); }

/* round(a * b / 2^31), ties upwards. Not for a == b == INT32_MIN, the one product that does not fit. */
static inline int32_t mcuf_doubling_high_multiply(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
}

/* round(value / 2^exponent), ties away from zero; 0 <= exponent <= 31. */
static inline int32_t mcuf_divide_by_power_of_two(int32_t value, int32_t exponent) {
  const int32_t mask = (int32_t)((1u << exponent) - 1u);
  const int32_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
  return (value >> exponent) + ((value & mask) > threshold ? 1 : 0);
}

/* value * multiplier * 2^(shift - 31), rounded in both steps; -31 <= shift <= 30, multiplier >= 0. */
static inline int32_t mcuf_multiply(int32_t value, int32_t multiplier, int32_t shift) {
  const int32_t left = shift > 0 ? shift : 0;
  const int32_t shifted = (int32_t)((uint32_t)value << left);
  return mcuf_divide_by_power_of_two(mcuf_doubling_high_multiply(shifted, multiplier), left - shift);
}

static inline int32_t mcuf_clamp(int32_t value, int32_t least, int32_t greatest) {
  const int32_t raised = value < least ? least : value;
  return raised > greatest ? greatest : raised;
}

#endif
