/* SLICE at a place that is known at run time only. */
#ifndef MCUFORGE_SLICE_H
#define MCUFORGE_SLICE_H

#include <stdint.h>

#include "mcuforge/prefix.h"
#include "mcuforge/strided_copy.h"

/* `copy` is the slice at the beginning of the input; `step` is one place further along each of the input's axes. */
typedef struct {
  mcuf_strided_copy_params copy;
  int32_t rank;
  int32_t greatest[MCUF_STRIDED_COPY_LOOPS];
  int32_t step[MCUF_STRIDED_COPY_LOOPS];
} mcuf_slice_params;

/* `begin` has `rank` elements; each is clamped to 0 … greatest, so that the slice lies inside the input. */
void MCUF_FN(slice_s32)(const mcuf_slice_params *params, const void *input, const int32_t *begin, void *output);
void MCUF_FN(slice_s64)(const mcuf_slice_params *params, const void *input, const int64_t *begin, void *output);

#endif
