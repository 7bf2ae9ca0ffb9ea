#include "mcuforge/fixed_point.h"
#include "mcuforge/reduce.h"

static inline int32_t sum_s8_combine(int32_t sum, int32_t x) { return sum + x; }

static inline int8_t sum_s8_finish(const mcuf_sum_params *params, int32_t sum) {
  const int32_t scaled = mcuf_multiply(sum + params->sum_offset, params->multiplier, params->shift);
  return (int8_t)mcuf_clamp(mcuf_add_wrapping(scaled, params->output_offset), INT8_MIN, INT8_MAX);
}

MCUF_DEFINE_REDUCTION(sum_s8, mcuf_sum_params, int8_t, int32_t, 0, sum_s8_combine, sum_s8_finish)
