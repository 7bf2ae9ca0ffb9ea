#include "mcuforge/reduce.h"

static inline float mean_f32_combine(float sum, float x) { return sum + x; }

static inline float mean_f32_finish(const mcuf_reduction_params *params, float sum) {
  return sum / (float)mcuf_reduction_count(params->over.reduced);
}

/* Elements in the order they lie in the input, as in TFLM: float rounding makes the order part of the result. */
MCUF_DEFINE_REDUCTION(mean_f32, mcuf_reduction_params, float, float, 0.0f, mean_f32_combine, mean_f32_finish)
