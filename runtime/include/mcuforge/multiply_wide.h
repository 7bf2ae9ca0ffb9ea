/* 64-bit accumulators scaled as TensorFlow Lite Micro does it for int16 activations: with 16 bits of the multiplier. */
#ifndef MCUFORGE_MULTIPLY_WIDE_H
#define MCUFORGE_MULTIPLY_WIDE_H

#include <stdint.h>

/* value * multiplier * 2^(shift - 15), ties upwards; |value| < 2^47, 0 <= multiplier < 2^15, -31 <= shift <= 14. */
static inline int32_t mcuf_multiply_wide(int64_t value, int32_t multiplier, int32_t shift) {
  return (int32_t)((value * multiplier + ((int64_t)1 << (14 - shift))) >> (15 - shift));
}

#endif
