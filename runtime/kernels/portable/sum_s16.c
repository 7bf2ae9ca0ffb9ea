#include "mcuforge/fixed_point.h"
#include "mcuforge/reduce.h"

static inline int32_t sum_s16_combine(int32_t sum, int32_t x) { return sum + x; }

static inline int16_t sum_s16_finish(const mcuf_sum_params *params, int32_t sum) {
  const int32_t scaled = mcuf_multiply(sum + params->sum_offset, params->multiplier, params->shift);
  return (int16_t)mcuf_clamp(mcuf_add_wrapping(scaled, params->output_offset), INT16_MIN, INT16_MAX);
}

MCUF_DEFINE_REDUCTION(sum_s16, mcuf_sum_params, int16_t, int32_t, 0, sum_s16_combine, sum_s16_finish)
