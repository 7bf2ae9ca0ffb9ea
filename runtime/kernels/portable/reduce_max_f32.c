#include <float.h>

#include "mcuforge/reduce.h"

static inline float reduce_max_f32_combine(float best, float x) { return x > best ? x : best; }

static inline float reduce_max_f32_finish(const mcuf_reduction_params *params, float best) {
  (void)params;
  return best;
}

/* Starts at a finite number, as in TFLM, which so passes over NaN and over infinities of the other sign. */
MCUF_DEFINE_REDUCTION(reduce_max_f32, mcuf_reduction_params, float, float, -FLT_MAX, reduce_max_f32_combine, reduce_max_f32_finish)
