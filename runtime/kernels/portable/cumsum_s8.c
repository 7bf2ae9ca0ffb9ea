#include "mcuforge/cumsum.h"
#include "mcuforge/fixed_point.h"

static inline int32_t cumsum_s8_scaled(int32_t x) { return x * (1 << (MCUF_CUMSUM_S8_HEADROOM - 1)); }

static inline int8_t cumsum_s8_output(const mcuf_cumsum_params *params, int32_t sum) {
  const int32_t scaled = mcuf_multiply(sum, params->output_multiplier, params->output_shift);
  return (int8_t)mcuf_clamp(mcuf_add_wrapping(scaled, params->output_offset), INT8_MIN, INT8_MAX);
}

/* Sums start at the input offset, as in TFLM, and not at zero. */
void MCUF_FN(cumsum_s8)(const mcuf_cumsum_params *params, const int8_t *input, int8_t *output) {
  const mcuf_cumsum_axis *axis = &params->axis;
  for (int32_t run = 0; run < axis->outer * axis->inner; ++run) {
    const int32_t first = run / axis->inner * axis->depth * axis->inner + run % axis->inner;
    int32_t sum = cumsum_s8_scaled(params->input_offset);
    for (int32_t n = 0; n < axis->depth; ++n) {
      const int32_t at = mcuf_cumsum_step(axis, first, n);
      const int32_t before = sum;
      sum = mcuf_add_wrapping(sum, cumsum_s8_scaled(input[at] + params->input_offset));
      output[at] = cumsum_s8_output(params, axis->exclusive ? before : sum);
    }
  }
}
