#include <string.h>

#include "mcuforge/element.h"
#include "mcuforge/pad.h"

void MCUF_FN(pad)(const mcuf_pad_params *params, const void *input, void *output) {
  const mcuf_pad_box *box = &params->box;
  const int32_t bytes = params->element_bytes;
  const int32_t run_bytes = box->input[MCUF_PAD_RANK - 1] * bytes;
  const uint8_t value8 = (uint8_t)params->value;
  const uint16_t value16 = (uint16_t)params->value;
  const void *const value = bytes == 1 ? (const void *)&value8 : bytes == 2 ? (const void *)&value16 : &params->value;
  mcuf_copy_elements(output, value, mcuf_pad_output_size(box), 0, bytes);
  for (int32_t run = 0; run < mcuf_pad_runs(box); ++run) {
    memcpy((uint8_t *)output + mcuf_pad_run_offset(box, run) * bytes, (const uint8_t *)input + run * run_bytes,
           (size_t)run_bytes);
  }
}
