/* The steps of SVDF on int8 that do not depend on the state's type. */
#ifndef MCUFORGE_SVDF_S8_STEPS_H
#define MCUFORGE_SVDF_S8_STEPS_H

#include "mcuforge/dot_s8.h"
#include "mcuforge/fixed_point.h"
#include "mcuforge/svdf.h"

/* A filter's feature of one input, between `least` and `greatest`, before the state's zero point is added. */
static inline int32_t mcuf_svdf_s8_feature(const mcuf_svdf_params *params, const int8_t *input, const int8_t *weights,
                                           int32_t least, int32_t greatest) {
  uint32_t sum = 0;
  mcuf_dot1_s8(&sum, input, params->input_offset, weights, params->shape.inputs);
  return mcuf_clamp(mcuf_multiply((int32_t)sum, params->state_multiplier, params->state_shift), least, greatest);
}

static inline int8_t mcuf_svdf_s8_output(const mcuf_svdf_params *params, uint32_t sum) {
  const int32_t scaled = mcuf_multiply((int32_t)sum, params->output_multiplier, params->output_shift);
  return (int8_t)mcuf_clamp(mcuf_add_wrapping(scaled, params->output_offset), INT8_MIN, INT8_MAX);
}

#endif
