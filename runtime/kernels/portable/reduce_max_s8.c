#include "mcuforge/reduce.h"

static inline int8_t reduce_max_s8_combine(int8_t best, int8_t x) { return x > best ? x : best; }

static inline int8_t reduce_max_s8_finish(const mcuf_reduction_params *params, int8_t best) {
  (void)params;
  return best;
}

MCUF_DEFINE_REDUCTION(reduce_max_s8, mcuf_reduction_params, int8_t, int8_t, INT8_MIN, reduce_max_s8_combine, reduce_max_s8_finish)
