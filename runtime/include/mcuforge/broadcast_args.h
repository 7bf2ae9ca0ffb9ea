/* BROADCAST_ARGS: the shape that two shapes, known at run time only, broadcast to. */
#ifndef MCUFORGE_BROADCAST_ARGS_H
#define MCUFORGE_BROADCAST_ARGS_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* The numbers of dimensions; the output has as many as the longer one. */
typedef struct {
  int32_t count1;
  int32_t count2;
} mcuf_broadcast_args_params;

/* Where two sizes differ and neither is 1, the first one counts: TFLM aborts there. */
void MCUF_FN(broadcast_args_s32)(const mcuf_broadcast_args_params *params, const int32_t *shape1,
                                 const int32_t *shape2, int32_t *output);
void MCUF_FN(broadcast_args_s64)(const mcuf_broadcast_args_params *params, const int64_t *shape1,
                                 const int64_t *shape2, int64_t *output);

#endif
