/* Dot products of int8 vectors, the inner loop of convolution and fully connected layers. Accumulators wrap. */
#ifndef MCUFORGE_DOT_S8_H
#define MCUFORGE_DOT_S8_H

#include <stdint.h>

/* Output channels computed together: each activation is loaded once for all of them. */
#define MCUF_DOT_LANES 4

/* accumulators[0] += sum of (x + offset) * w over `length` elements. */
static inline void mcuf_dot1_s8(uint32_t *accumulators, const int8_t *x, int32_t offset, const int8_t *w,
                                int32_t length) {
  uint32_t sum = accumulators[0];
  for (const int8_t *const end = x + length; x != end; ++x, ++w) {
    sum += (uint32_t)((*x + offset) * *w);
  }
  accumulators[0] = sum;
}

/* The same for MCUF_DOT_LANES weight vectors that lie `pitch` elements apart. */
static inline void mcuf_dot4_s8(uint32_t *accumulators, const int8_t *x, int32_t offset, const int8_t *w,
                                int32_t pitch, int32_t length) {
  const int8_t *w1 = w + pitch;
  const int8_t *w2 = w1 + pitch;
  const int8_t *w3 = w2 + pitch;
  uint32_t sum0 = accumulators[0];
  uint32_t sum1 = accumulators[1];
  uint32_t sum2 = accumulators[2];
  uint32_t sum3 = accumulators[3];
  for (const int8_t *const end = x + length; x != end; ++x) {
    const int32_t value = *x + offset;
    sum0 += (uint32_t)(value * *w++);
    sum1 += (uint32_t)(value * *w1++);
    sum2 += (uint32_t)(value * *w2++);
    sum3 += (uint32_t)(value * *w3++);
  }
  accumulators[0] = sum0;
  accumulators[1] = sum1;
  accumulators[2] = sum2;
  accumulators[3] = sum3;
}

#endif
