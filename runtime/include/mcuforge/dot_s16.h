/* Dot products of int16 activations and int8 weights. */
#ifndef MCUFORGE_DOT_S16_H
#define MCUFORGE_DOT_S16_H

#include <stdint.h>

static inline int64_t mcuf_dot_s16(const int16_t *x, const int8_t *w, int32_t length) {
  int64_t sum = 0;
  for (const int16_t *const end = x + length; x != end; ++x, ++w) {
    sum += *x * *w;
  }
  return sum;
}

#endif
