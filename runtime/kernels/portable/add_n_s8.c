#include "mcuforge/add_n.h"
#include "mcuforge/fixed_point.h"

static inline int32_t add_n_s8_scaled(int32_t x) { return x * (1 << (MCUF_ADD_N_S8_HEADROOM - 1)); }

/* Sums start at the input offset, as in TFLM, and not at zero. */
void MCUF_FN(add_n_s8)(const mcuf_add_n_params *params, const void *const *inputs, int8_t *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    int32_t sum = add_n_s8_scaled(params->input_offset);
    for (int32_t n = 0; n < params->inputs; ++n) {
      sum = mcuf_add_wrapping(sum, add_n_s8_scaled(((const int8_t *)inputs[n])[i] + params->input_offset));
    }
    const int32_t scaled = mcuf_multiply(sum, params->output_multiplier, params->output_shift);
    output[i] = (int8_t)mcuf_clamp(mcuf_add_wrapping(scaled, params->output_offset), INT8_MIN, INT8_MAX);
  }
}
