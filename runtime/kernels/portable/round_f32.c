#include <math.h>

#include "mcuforge/unary.h"

/* To the nearest whole number, ties to the even one. What comes up from below zero is +0, as in TFLM. */
static inline float round_f32_element(float x) {
  const float below = floorf(x);
  const float rest = x - below;
  if (rest < 0.5f) {
    return below;
  }
  const float half = below * 0.5f;
  return rest <= 0.5f && floorf(half) >= half ? below : below + 1.0f;
}

MCUF_DEFINE_UNARY_F32(round_f32, round_f32_element(x))
