/*
 * expm1 and tanh of float32 in the steps of the C library of TFLM's host (glibc before 2.41; the algorithm is that of
 * fdlibm): in single precision, with errors below 1 and 2 ULP.
 */
#ifndef MCUFORGE_EXPM1_F32_H
#define MCUFORGE_EXPM1_F32_H

#include <math.h>
#include <stdint.h>

#include "mcuforge/math_f32.h"

/* A normal number times 2^k, where the result is normal too. */
static inline float mcuf_scale_f32(float x, int32_t k) {
  return mcuf_f32_of_bits(mcuf_bits_of_f32(x) + ((uint32_t)k << 23));
}

/* x = k log(2) + x' + correction: x' in [-log(2) / 2, log(2) / 2], and what its rounding lost. */
typedef struct {
  int32_t k;
  float x;
  float correction;
} mcuf_expm1_argument;

static inline mcuf_expm1_argument mcuf_reduce_expm1(float x) {
  const float magnitude = fabsf(x);
  mcuf_expm1_argument reduced = {0, x, 0.0f};
  if (magnitude <= 0x1.62e430p-2f) { /* log(2) / 2 */
    return reduced;
  }
  const float sign = x < 0.0f ? -1.0f : 1.0f;
  if (magnitude < 0x1.0a2b24p0f) { /* 3/2 log(2) */
    reduced.k = x < 0.0f ? -1 : 1;
  } else {
    reduced.k = (int32_t)(0x1.715476p0f * x + 0.5f * sign);
  }
  const float high = x - (float)reduced.k * 0x1.62e300p-1f;
  const float low = (float)reduced.k * 0x1.2fefa2p-17f;
  reduced.x = high - low;
  reduced.correction = (high - reduced.x) - low;
  return reduced;
}

/* 2^k (1 + x + x^2 / 2 - rest) - 1, arranged so that little is lost; `less` is rest - x^2 / 2. */
static inline float mcuf_finish_expm1(int32_t k, float x, float less) {
  if (k == -1) {
    return 0.5f * (x - less) - 0.5f;
  }
  if (k == 1) {
    return x < -0.25f ? -2.0f * (less - (x + 0.5f)) : 1.0f + 2.0f * (x - less);
  }
  if (k <= -2 || k > 56) {
    return mcuf_scale_f32(1.0f - (less - x), k) - 1.0f;
  }
  const float share = mcuf_f32_of_bits((uint32_t)(127 - k) << 23); /* 2^-k */
  const float y = k < 23 ? (1.0f - share) - (less - x) : (x - (less + share)) + 1.0f;
  return mcuf_scale_f32(y, k);
}

static inline float mcuf_expm1f(float x) {
  if (isnan(x) || fabsf(x) < 0x1p-25f) {
    return x;
  }
  if (x >= 0x1.62e430p+6f) {
    return INFINITY;
  }
  if (x <= -0x1.2b7088p+4f) { /* 27 log(2) */
    return -1.0f;
  }
  const mcuf_expm1_argument reduced = mcuf_reduce_expm1(x);
  const float r = reduced.x;
  const float half = 0.5f * r;
  const float h = r * half;
  const float r1 =
      1.0f + h * (-0x1.111112p-5f +
                  h * (0x1.a01a02p-10f + h * (-0x1.4ce19ap-14f + h * (0x1.0cfca8p-18f + h * -0x1.afdb76p-23f))));
  const float t = 3.0f - r1 * half;
  const float rest = h * ((r1 - t) / (6.0f - r * t));
  if (reduced.k == 0) {
    return r - (r * rest - h);
  }
  const float less = (r * (rest - reduced.correction) - reduced.correction) - h;
  return mcuf_finish_expm1(reduced.k, r, less);
}

static inline float mcuf_tanhf(float x) {
  const float magnitude = fabsf(x);
  float y = 1.0f;
  if (isnan(x) || magnitude < 0x1p-55f) {
    return x;
  }
  if (magnitude < 1.0f) {
    const float t = mcuf_expm1f(-2.0f * magnitude);
    y = -t / (t + 2.0f);
  } else if (magnitude < 22.0f) {
    y = 1.0f - 2.0f / (mcuf_expm1f(2.0f * magnitude) + 2.0f);
  }
  return x < 0.0f ? -y : y;
}

#endif
