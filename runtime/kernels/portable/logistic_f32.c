#include "mcuforge/math_f32.h"
#include "mcuforge/unary.h"

/* Beyond these, TFLM takes the limit: 1 - 2^-24 rounds to 1, and far below zero the denominator's 1 does not count. */
#define LOGISTIC_F32_UPPER 16.619047164916992188f
#define LOGISTIC_F32_LOWER -9.0f

static float logistic_f32_element(float x) {
  if (x > LOGISTIC_F32_UPPER) {
    return 1.0f;
  }
  return x < LOGISTIC_F32_LOWER ? mcuf_expf(x) : 1.0f / (1.0f + mcuf_expf(-x));
}

MCUF_DEFINE_UNARY_F32(logistic_f32, logistic_f32_element(x))
