/* Dot products of int8 activations and packed int4 weights: two in a byte, the first in its low half. */
#ifndef MCUFORGE_DOT_S8_W4_H
#define MCUFORGE_DOT_S8_W4_H

#include <stdint.h>

static inline int32_t mcuf_int4_low(int8_t pair) { return (int32_t)((uint32_t)pair << 28) >> 28; }

static inline int32_t mcuf_int4_high(int8_t pair) { return pair >> 4; }

static inline int32_t mcuf_int4_at(const int8_t *packed, int32_t index) {
  return index % 2 != 0 ? mcuf_int4_high(packed[index / 2]) : mcuf_int4_low(packed[index / 2]);
}

/* The sum of (x + offset) * w over `length` weights from `first` on, modulo 2^32. */
static inline uint32_t mcuf_dot_s8_w4(const int8_t *x, int32_t offset, const int8_t *packed, int32_t first,
                                      int32_t length) {
  uint32_t sum = 0;
  int32_t at = 0;
  if (first % 2 != 0 && length > 0) {
    sum += (uint32_t)((x[at++] + offset) * mcuf_int4_high(packed[first / 2]));
  }
  for (; at + 1 < length; at += 2) {
    const int8_t pair = packed[(first + at) / 2];
    sum += (uint32_t)((x[at] + offset) * mcuf_int4_low(pair));
    sum += (uint32_t)((x[at + 1] + offset) * mcuf_int4_high(pair));
  }
  if (at < length) {
    sum += (uint32_t)((x[at] + offset) * mcuf_int4_low(packed[(first + at) / 2]));
  }
  return sum;
}

#endif
