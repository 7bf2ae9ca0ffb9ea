/* From accumulators to int8 and int16 outputs, per channel. */
#ifndef MCUFORGE_REQUANTIZE_H
#define MCUFORGE_REQUANTIZE_H

#include <stdint.h>

#include "mcuforge/fixed_point.h"
#include "mcuforge/multiply_wide.h"

/* The real factor of channel c is multiplier[c * step] * 2^(shift[c * step] - 31): step 1 per channel, 0 per tensor. */
typedef struct {
  const int32_t *multiplier;
  const int8_t *shift;
  int32_t step;
  int32_t offset;
  int32_t least;
  int32_t greatest;
} mcuf_requantization;

static inline int8_t mcuf_requantize_s8(uint32_t accumulator, int32_t channel, const mcuf_requantization *to) {
  const int32_t at = channel * to->step;
  const int32_t scaled = mcuf_multiply((int32_t)accumulator, to->multiplier[at], to->shift[at]);
  return (int8_t)mcuf_clamp(mcuf_add_wrapping(scaled, to->offset), to->least, to->greatest);
}

/* int16 has no offset. From 64 bits: multipliers have 16 bits, and the real factor is multiplier * 2^(shift - 15). */
static inline int16_t mcuf_requantize_s16(int64_t accumulator, int32_t channel, const mcuf_requantization *to) {
  const int32_t at = channel * to->step;
  const int32_t scaled = mcuf_multiply_wide(accumulator, to->multiplier[at], to->shift[at]);
  return (int16_t)mcuf_clamp(scaled, to->least, to->greatest);
}

/* From 32 bits. */
static inline int16_t mcuf_requantize_s16_narrow(uint32_t accumulator, int32_t channel,
                                                 const mcuf_requantization *to) {
  const int32_t at = channel * to->step;
  const int32_t scaled = mcuf_multiply((int32_t)accumulator, to->multiplier[at], to->shift[at]);
  return (int16_t)mcuf_clamp(scaled, to->least, to->greatest);
}

#endif
