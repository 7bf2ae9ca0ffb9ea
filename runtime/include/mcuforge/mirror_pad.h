/* MIRROR_PAD: a tensor continued by its own mirror image. */
#ifndef MCUFORGE_MIRROR_PAD_H
#define MCUFORGE_MIRROR_PAD_H

#include <stdint.h>

#include "mcuforge/prefix.h"

#define MCUF_MIRROR_PAD_LOOPS 5

/* Sizes and paddings by axis, outermost first. `skipped` elements at each edge have no mirror image: 0 or 1. */
typedef struct {
  int32_t input[MCUF_MIRROR_PAD_LOOPS];
  int32_t before[MCUF_MIRROR_PAD_LOOPS];
  int32_t after[MCUF_MIRROR_PAD_LOOPS];
  int32_t skipped;
  int32_t element_bytes;
} mcuf_mirror_pad_params;

void MCUF_FN(mirror_pad)(const mcuf_mirror_pad_params *params, const void *input, void *output);

#endif
