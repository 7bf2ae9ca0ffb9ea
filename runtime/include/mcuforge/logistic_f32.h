/* The logistic function of one float32 element, as TFLM computes it. */
#ifndef MCUFORGE_LOGISTIC_F32_H
#define MCUFORGE_LOGISTIC_F32_H

#include "mcuforge/math_f32.h"

/* Beyond these, TFLM takes the limit: 1 - 2^-24 rounds to 1, and far below zero the denominator's 1 does not count. */
#define MCUF_LOGISTIC_UPPER 16.619047164916992188f
#define MCUF_LOGISTIC_LOWER -9.0f

static inline float mcuf_logistic_f32(float x) {
  if (x > MCUF_LOGISTIC_UPPER) {
    return 1.0f;
  }
  return x < MCUF_LOGISTIC_LOWER ? mcuf_expf(x) : 1.0f / (1.0f + mcuf_expf(-x));
}

#endif
