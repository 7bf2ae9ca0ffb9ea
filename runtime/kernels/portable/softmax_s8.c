#include "mcuforge/softmax.h"
#include "mcuforge/softmax_s8_row.h"

void MCUF_FN(softmax_s8)(const mcuf_softmax_params *params, const int8_t *input, int8_t *output) {
  for (int32_t at = 0; at < params->rows; ++at) {
    const mcuf_softmax_row row = mcuf_softmax_row_of(params, input);
    for (int32_t i = 0; i < params->depth; ++i) {
      const int32_t scaled = mcuf_softmax_element(params, &row, *input++, 8);
      *output++ = (int8_t)mcuf_clamp(scaled + INT8_MIN, INT8_MIN, INT8_MAX);
    }
  }
}
