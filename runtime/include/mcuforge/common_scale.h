/* Two quantized inputs brought to one scale, so that they can be added or subtracted: ADD, SUB, SQUARED_DIFFERENCE. */
#ifndef MCUFORGE_COMMON_SCALE_H
#define MCUFORGE_COMMON_SCALE_H

#include <stdint.h>

#include "mcuforge/broadcast.h"
#include "mcuforge/fixed_point.h"

/*
 * Inputs less their zero points are raised by a number of bits that depends on operator and type, and scaled to a
 * common scale; what comes of them is scaled to the output's.
 */
typedef struct {
  mcuf_broadcast over;
  int32_t offset1; /* minus the zero point */
  int32_t multiplier1;
  int32_t shift1;
  int32_t offset2;
  int32_t multiplier2;
  int32_t shift2;
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t least;
  int32_t greatest;
} mcuf_common_scale_params;

static inline int32_t mcuf_common_scale1(const mcuf_common_scale_params *params, int32_t x, int32_t headroom) {
  return mcuf_multiply((x + params->offset1) * (1 << headroom), params->multiplier1, params->shift1);
}

static inline int32_t mcuf_common_scale2(const mcuf_common_scale_params *params, int32_t x, int32_t headroom) {
  return mcuf_multiply((x + params->offset2) * (1 << headroom), params->multiplier2, params->shift2);
}

static inline int32_t mcuf_common_scale_output(const mcuf_common_scale_params *params, int32_t value) {
  const int32_t scaled = mcuf_multiply(value, params->output_multiplier, params->output_shift);
  return mcuf_clamp(mcuf_add_wrapping(scaled, params->output_offset), params->least, params->greatest);
}

#endif
