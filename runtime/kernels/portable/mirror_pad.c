#include "mcuforge/mirror_pad.h"

#include "mcuforge/element.h"

static int32_t mirror_pad_extent(const mcuf_mirror_pad_params *params, int32_t axis) {
  return params->before[axis] + params->input[axis] + params->after[axis];
}

/* Where along an axis of the input the output's element `at` comes from. */
static int32_t mirror_pad_source(const mcuf_mirror_pad_params *params, int32_t axis, int32_t at) {
  const int32_t size = params->input[axis];
  const int32_t inner = at - params->before[axis];
  if (inner < 0) {
    return -inner - 1 + params->skipped;
  }
  return inner < size ? inner : 2 * size - 1 - params->skipped - inner;
}

/* The input's row, in elements, that an output row shows; rows are along the last axis, numbered in order. */
static int32_t mirror_pad_row(const mcuf_mirror_pad_params *params, int32_t row) {
  int32_t offset = 0;
  int32_t step = params->input[MCUF_MIRROR_PAD_LOOPS - 1];
  for (int32_t axis = MCUF_MIRROR_PAD_LOOPS - 2; axis >= 0; --axis) {
    const int32_t extent = mirror_pad_extent(params, axis);
    offset += mirror_pad_source(params, axis, row % extent) * step;
    row /= extent;
    step *= params->input[axis];
  }
  return offset;
}

static void mirror_pad_run(const mcuf_mirror_pad_params *params, const uint8_t *from, uint8_t *to) {
  const int32_t last = MCUF_MIRROR_PAD_LOOPS - 1;
  const int32_t bytes = params->element_bytes;
  const int32_t size = params->input[last];
  const int32_t before = params->before[last];
  if (before > 0) {
    mcuf_copy_elements(to, from + (before - 1 + params->skipped) * bytes, before, -1, bytes);
  }
  mcuf_copy_elements(to + before * bytes, from, size, 1, bytes);
  if (params->after[last] > 0) {
    mcuf_copy_elements(to + (before + size) * bytes, from + (size - 1 - params->skipped) * bytes, params->after[last],
                       -1, bytes);
  }
}

void MCUF_FN(mirror_pad)(const mcuf_mirror_pad_params *params, const void *input, void *output) {
  const int32_t last = MCUF_MIRROR_PAD_LOOPS - 1;
  const int32_t run_bytes = mirror_pad_extent(params, last) * params->element_bytes;
  uint8_t *to = output;
  int32_t rows = 1;
  for (int32_t axis = 0; axis < last; ++axis) {
    rows *= mirror_pad_extent(params, axis);
  }
  for (int32_t row = 0; row < rows; ++row) {
    mirror_pad_run(params, (const uint8_t *)input + mirror_pad_row(params, row) * params->element_bytes, to);
    to += run_bytes;
  }
}
