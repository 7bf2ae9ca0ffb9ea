#include <string.h>

#include "mcuforge/pad.h"

void MCUF_FN(pad_f32)(const mcuf_pad_f32_params *params, const float *input, float *output) {
  const mcuf_pad_box *box = &params->box;
  const int32_t length = box->input[MCUF_PAD_RANK - 1];
  const int32_t size = mcuf_pad_output_size(box);
  for (int32_t i = 0; i < size; ++i) {
    output[i] = params->value;
  }
  for (int32_t run = 0; run < mcuf_pad_runs(box); ++run) {
    memcpy(output + mcuf_pad_run_offset(box, run), input + run * length, (size_t)length * sizeof *input);
  }
}
