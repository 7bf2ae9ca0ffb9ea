#include <string.h>

#include "mcuforge/pad.h"

void MCUF_FN(pad_s8)(const mcuf_pad_params *params, const int8_t *input, int8_t *output) {
  const mcuf_pad_box *box = &params->box;
  const int32_t length = box->input[MCUF_PAD_RANK - 1];
  memset(output, params->value, (size_t)mcuf_pad_output_size(box));
  for (int32_t run = 0; run < mcuf_pad_runs(box); ++run) {
    memcpy(output + mcuf_pad_run_offset(box, run), input + run * length, (size_t)length);
  }
}
