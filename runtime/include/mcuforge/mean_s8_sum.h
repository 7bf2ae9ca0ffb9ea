/* The sum that both int8 kernels of MEAN need. */
#ifndef MCUFORGE_MEAN_S8_SUM_H
#define MCUFORGE_MEAN_S8_SUM_H

#include "mcuforge/mean.h"

/* `input` points to the first element of one output's set. */
static inline int32_t mcuf_mean_s8_sum(const mcuf_reduction *over, const int8_t *input) {
  const int32_t rows = over->summed[0] * over->summed[1];
  const int32_t last = MCUF_REDUCTION_LOOPS - 1;
  int32_t sum = 0;
  for (int32_t row = 0; row < rows; ++row) {
    const int8_t *x = input + mcuf_reduction_offset(over->summed, over->summed_stride, row * over->summed[last]);
    for (int32_t i = 0; i < over->summed[last]; ++i) {
      sum += x[i * over->summed_stride[last]];
    }
  }
  return sum;
}

#endif
