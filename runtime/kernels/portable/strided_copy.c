#include <string.h>

#include "mcuforge/element.h"
#include "mcuforge/strided_copy.h"

static void strided_copy_run(const mcuf_strided_copy_params *params, const uint8_t *from, uint8_t *to) {
  const int32_t count = params->shape[MCUF_STRIDED_COPY_LOOPS - 1];
  const int32_t stride = params->stride[MCUF_STRIDED_COPY_LOOPS - 1];
  if (stride == 1) {
    memcpy(to, from, (size_t)count * (size_t)params->element_bytes);
  } else {
    mcuf_copy_elements(to, from, count, stride, params->element_bytes);
  }
}

void MCUF_FN(strided_copy)(const mcuf_strided_copy_params *params, const void *input, void *output) {
  const int32_t last = MCUF_STRIDED_COPY_LOOPS - 1;
  const int32_t run_bytes = params->shape[last] * params->element_bytes;
  uint8_t *to = output;
  int32_t from = params->offset;
  int32_t at[MCUF_STRIDED_COPY_LOOPS - 1] = {0};
  for (;;) {
    strided_copy_run(params, (const uint8_t *)input + from * params->element_bytes, to);
    to += run_bytes;
    int32_t axis = last - 1;
    while (axis >= 0 && at[axis] + 1 == params->shape[axis]) {
      from -= at[axis] * params->stride[axis];
      at[axis] = 0;
      --axis;
    }
    if (axis < 0) {
      return;
    }
    from += params->stride[axis];
    ++at[axis];
  }
}
