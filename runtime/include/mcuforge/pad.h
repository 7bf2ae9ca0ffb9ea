/* PAD and PADV2: a tensor inside a larger one of a constant value. */
#ifndef MCUFORGE_PAD_H
#define MCUFORGE_PAD_H

#include <stdint.h>

#include "mcuforge/prefix.h"

#define MCUF_PAD_RANK 5

/* The input's shape and the elements before it along each axis, outermost first; the last axis is copied in runs. */
typedef struct {
  int32_t input[MCUF_PAD_RANK];
  int32_t output[MCUF_PAD_RANK];
  int32_t before[MCUF_PAD_RANK];
} mcuf_pad_box;

/* `value` has the bits of one element, of 1, 2 or 4 bytes. */
typedef struct {
  mcuf_pad_box box;
  int32_t element_bytes;
  int32_t value;
} mcuf_pad_params;

/* The input's runs are numbered in order; this is where a run lies in the output, in elements. */
static inline int32_t mcuf_pad_run_offset(const mcuf_pad_box *box, int32_t run) {
  int32_t offset = box->before[MCUF_PAD_RANK - 1];
  int32_t step = box->output[MCUF_PAD_RANK - 1];
  for (int32_t axis = MCUF_PAD_RANK - 2; axis >= 0; --axis) {
    offset += (run % box->input[axis] + box->before[axis]) * step;
    run /= box->input[axis];
    step *= box->output[axis];
  }
  return offset;
}

static inline int32_t mcuf_pad_runs(const mcuf_pad_box *box) {
  return box->input[0] * box->input[1] * box->input[2] * box->input[3];
}

static inline int32_t mcuf_pad_output_size(const mcuf_pad_box *box) {
  return box->output[0] * box->output[1] * box->output[2] * box->output[3] * box->output[4];
}

/* By the size of elements, whatever their type. */
void MCUF_FN(pad)(const mcuf_pad_params *params, const void *input, void *output);

#endif
