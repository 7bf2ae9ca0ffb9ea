#include "mcuforge/reduce.h"

static inline float sum_f32_combine(float sum, float x) { return sum + x; }

static inline float sum_f32_finish(const mcuf_reduction_params *params, float sum) {
  (void)params;
  return sum;
}

/* Elements in the order they lie in the input, as in TFLM: float rounding makes the order part of the result. */
MCUF_DEFINE_REDUCTION(sum_f32, mcuf_reduction_params, float, float, 0.0f, sum_f32_combine, sum_f32_finish)
