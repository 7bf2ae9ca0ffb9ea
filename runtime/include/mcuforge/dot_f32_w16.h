/* Dot products of float32 activations and float16 weights. */
#ifndef MCUFORGE_DOT_F32_W16_H
#define MCUFORGE_DOT_F32_W16_H

#include <stdint.h>
#include <string.h>

#include "mcuforge/float16.h"

/*
 * `sum` plus x * w, one product after the other as the float32 kernels add them. Weights are loaded by the pair, the
 * first in the lower half: a product then takes a Cortex-M4F 6.5 instructions instead of 8 (float32 weights: 6).
 */
static inline float mcuf_dot_f32_w16(float sum, const float *x, const uint16_t *w, int32_t length) {
  int32_t at = 0;
  for (; at + 1 < length; at += 2) {
    uint32_t pair;
    memcpy(&pair, w + at, sizeof pair);
    sum += x[at] * mcuf_low_f16(pair);
    sum += x[at + 1] * mcuf_high_f16(pair);
  }
  return at < length ? sum + x[at] * mcuf_low_f16(w[at]) : sum;
}

#endif
