/*
 * What fast kernels need of Arm's vector extension for Cortex-M (MVE, Helium), and the same in C where the core has none:
 * those kernels are exact everywhere, and fast on a core with the extension. Sums wrap.
 */
#ifndef MCUFORGE_ARM_MVE_H
#define MCUFORGE_ARM_MVE_H

#include <stdint.h>

#include "mcuforge/requantize.h"

/* Output channels computed together. */
#define MCUF_MVE_LANES 4

#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)

#include <arm_mve.h>

/* sums[i] += x · (w + i * depth), for `depth` elements. */
static inline void mcuf_mve_dot4_s8(int32_t *sums, const int8_t *x, const int8_t *w, int32_t depth) {
  const int8_t *w1 = w + depth, *w2 = w1 + depth, *w3 = w2 + depth;
  int32_t sum0 = sums[0], sum1 = sums[1], sum2 = sums[2], sum3 = sums[3];
  for (const int8_t *const end = x + (depth & ~15); x != end; x += 16, w += 16, w1 += 16, w2 += 16, w3 += 16) {
    const int8x16_t values = vldrbq_s8(x);
    sum0 = vmladavaq_s8(sum0, values, vldrbq_s8(w));
    sum1 = vmladavaq_s8(sum1, values, vldrbq_s8(w1));
    sum2 = vmladavaq_s8(sum2, values, vldrbq_s8(w2));
    sum3 = vmladavaq_s8(sum3, values, vldrbq_s8(w3));
  }
  if ((depth & 15) != 0) {
    const mve_pred16_t left = vctp8q((uint32_t)depth & 15);
    const int8x16_t values = vldrbq_z_s8(x, left);
    sum0 = vmladavaq_s8(sum0, values, vldrbq_z_s8(w, left));
    sum1 = vmladavaq_s8(sum1, values, vldrbq_z_s8(w1, left));
    sum2 = vmladavaq_s8(sum2, values, vldrbq_z_s8(w2, left));
    sum3 = vmladavaq_s8(sum3, values, vldrbq_z_s8(w3, left));
  }
  sums[0] = sum0;
  sums[1] = sum1;
  sums[2] = sum2;
  sums[3] = sum3;
}

/* The same for one channel. */
static inline int32_t mcuf_mve_dot_s8(int32_t sum, const int8_t *x, const int8_t *w, int32_t depth) {
  for (; depth > 0; depth -= 16, x += 16, w += 16) {
    const mve_pred16_t left = vctp8q((uint32_t)depth);
    sum = vmladavaq_s8(sum, vldrbq_z_s8(x, left), vldrbq_z_s8(w, left));
  }
  return sum;
}

/* Sums of the channels from `channel` on become outputs, as mcuf_requantize_s8 makes them. */
static inline void mcuf_mve_requantize4_s8(const mcuf_requantization *to, const int32_t *sums, int32_t channel,
                                           int8_t *output) {
  const int32_t at = channel * to->step;
  const int32x4_t multiplier = to->step != 0 ? vldrwq_s32(to->multiplier + at) : vdupq_n_s32(to->multiplier[at]);
  const int32x4_t shift = to->step != 0 ? vldrbq_s32(to->shift + at) : vdupq_n_s32(to->shift[at]);
  const int32x4_t zero = vdupq_n_s32(0);
  const int32x4_t right = vminq_s32(shift, zero);
  const int32x4_t product = vqrdmulhq_s32(vshlq_s32(vldrwq_s32(sums), vmaxq_s32(shift, zero)), multiplier);
  /* Ties go away from zero: those of negative numbers a step further down than rounding upwards takes them. */
  const int32x4_t away = vaddq_s32(product, vshrq_n_s32(vandq_s32(product, right), 31));
  const int32x4_t scaled = vaddq_n_s32(vrshlq_s32(away, right), to->offset);
  const int32x4_t raised = vmaxq_s32(scaled, vdupq_n_s32(to->least));
  vstrbq_s32(output, vminq_s32(raised, vdupq_n_s32(to->greatest)));
}

#else

static inline int32_t mcuf_mve_dot_s8(int32_t sum, const int8_t *x, const int8_t *w, int32_t depth) {
  uint32_t wrapping = (uint32_t)sum;
  for (int32_t i = 0; i < depth; ++i) {
    wrapping += (uint32_t)(x[i] * w[i]);
  }
  return (int32_t)wrapping;
}

static inline void mcuf_mve_dot4_s8(int32_t *sums, const int8_t *x, const int8_t *w, int32_t depth) {
  for (int32_t lane = 0; lane < MCUF_MVE_LANES; ++lane) {
    sums[lane] = mcuf_mve_dot_s8(sums[lane], x, w + lane * depth, depth);
  }
}

static inline void mcuf_mve_requantize4_s8(const mcuf_requantization *to, const int32_t *sums, int32_t channel,
                                           int8_t *output) {
  for (int32_t lane = 0; lane < MCUF_MVE_LANES; ++lane) {
    output[lane] = mcuf_requantize_s8((uint32_t)sums[lane], channel + lane, to);
  }
}

#endif

/* One input vector times all channels: weights [channel][depth], `bias` with the input's zero point folded in. */
static inline void mcuf_mve_channels_s8(const mcuf_requantization *to, const int8_t *x, const int8_t *weights,
                                        const int32_t *bias, int32_t depth, int32_t channels, int8_t *output) {
  int32_t channel = 0;
  for (; channel + MCUF_MVE_LANES <= channels; channel += MCUF_MVE_LANES, weights += MCUF_MVE_LANES * depth) {
    int32_t sums[MCUF_MVE_LANES] = {bias[channel], bias[channel + 1], bias[channel + 2], bias[channel + 3]};
    mcuf_mve_dot4_s8(sums, x, weights, depth);
    mcuf_mve_requantize4_s8(to, sums, channel, output + channel);
  }
  for (; channel < channels; ++channel, weights += depth) {
    const int32_t sum = mcuf_mve_dot_s8(bias[channel], x, weights, depth);
    output[channel] = mcuf_requantize_s8((uint32_t)sum, channel, to);
  }
}

#endif
