#include "mcuforge/columns_s8.h"
#include "mcuforge/fully_connected.h"

/* Two rows at a time; the last of an odd number is computed twice. */
void MCUF_FN(fully_connected_rows_s8_dsp)(const mcuf_fully_connected_params *params, const int8_t *input,
                                          const int8_t *weights, const int32_t *bias, int8_t *output, void *scratch) {
  uint32_t *const columns = scratch;
  mcuf_columns_work work = {&params->output, columns, weights, bias, params->depth, {output, output}};
  for (int32_t row = 0; row < params->rows; row += 2) {
    const int32_t second = row + 1 < params->rows ? 1 : 0;
    (void)mcuf_widen_s8(columns, input, 0, params->depth);
    (void)mcuf_widen_s8(columns + 2, input + second * params->depth, 0, params->depth);
    work.output[0] = output;
    work.output[1] = output + second * params->channels;
    mcuf_multiply_columns_s8(&work, params->channels);
    input += 2 * params->depth;
    output += 2 * params->channels;
  }
}
