/* Elements of a tensor in another order: TRANSPOSE, slices, reversals, broadcasts, blocks of pixels. */
#ifndef MCUFORGE_STRIDED_COPY_H
#define MCUFORGE_STRIDED_COPY_H

#include <stdint.h>

#include "mcuforge/prefix.h"

#define MCUF_STRIDED_COPY_LOOPS 6

/*
 * The output's axes, outermost first, and the step in the input along each, in elements: negative where it runs
 * backwards, 0 where it repeats. `offset` is the first element read.
 */
typedef struct {
  int32_t shape[MCUF_STRIDED_COPY_LOOPS];
  int32_t stride[MCUF_STRIDED_COPY_LOOPS];
  int32_t offset;
  int32_t element_bytes;
} mcuf_strided_copy_params;

void MCUF_FN(strided_copy)(const mcuf_strided_copy_params *params, const void *input, void *output);

#endif
