/* Requantization to int8 in fewer steps, for channels whose sums the build has proved to lie within 2^30. */
#ifndef MCUFORGE_REQUANTIZE_NARROW_H
#define MCUFORGE_REQUANTIZE_NARROW_H

#include <stdint.h>

#include "mcuforge/arm_dsp.h"
#include "mcuforge/requantize.h"

/* What the build adds to the shift of a channel whose sums may be larger. */
#define MCUF_WIDE_CHANNEL 64

/* value * multiplier * 2^(shift - 31) + (rounding >> 1), where `rounding` is twice an offset plus one; saturated to int8.
 * Where shift is negative: then it is small enough, and no channel is marked. */
MCUF_INLINE int32_t mcuf_requantize_narrow_s8(uint32_t value, int32_t multiplier, int32_t shift, int32_t rounding) {
  const int32_t product = (int32_t)mcuf_multiply_high(value << 1, (uint32_t)multiplier);
  /* Ties go away from zero: those of negative numbers a step further down than rounding upwards takes them. */
  const int32_t away = product + (product >> 31);
  return mcuf_saturate_s8(((away >> (-1 - shift)) + rounding) >> 1);
}

/* The same for any sum and shift: out of the way, for hardly any model needs it. */
MCUF_SELDOM int32_t mcuf_requantize_any_s8(uint32_t value, int32_t multiplier, int32_t shift, int32_t rounding) {
  const int32_t real_shift = shift < 32 ? shift : shift - MCUF_WIDE_CHANNEL;
  const int32_t scaled = mcuf_multiply((int32_t)value, multiplier, real_shift);
  return mcuf_saturate_s8(mcuf_add_wrapping(scaled, rounding >> 1));
}

MCUF_INLINE int32_t mcuf_requantize_either_s8(uint32_t value, int32_t multiplier, int32_t shift, int32_t rounding) {
  return shift < 0 ? mcuf_requantize_narrow_s8(value, multiplier, shift, rounding)
                   : mcuf_requantize_any_s8(value, multiplier, shift, rounding);
}

/* Limits narrower than int8, which is what saturated values have already. */
static inline void mcuf_clamp_run_s8(const mcuf_requantization *to, int8_t *values, int32_t count) {
  if (to->least <= INT8_MIN && to->greatest >= INT8_MAX) {
    return;
  }
  for (int8_t *const end = values + count; values != end; ++values) {
    *values = (int8_t)mcuf_clamp(*values, to->least, to->greatest);
  }
}

#endif
