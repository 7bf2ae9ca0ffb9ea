/* SELECT_V2: elements of one tensor or the other, as a condition says, all three broadcast. */
#ifndef MCUFORGE_SELECT_H
#define MCUFORGE_SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include "mcuforge/broadcast.h"
#include "mcuforge/prefix.h"

/* The output's shape, outermost axis first; a stride is the step, in elements, of that input along that axis. */
typedef struct {
  int32_t shape[MCUF_BROADCAST_RANK];
  int32_t condition_stride[MCUF_BROADCAST_RANK];
  int32_t stride1[MCUF_BROADCAST_RANK];
  int32_t stride2[MCUF_BROADCAST_RANK];
} mcuf_select_params;

/* By the size of elements, whatever their type. Where the condition is true, the first. */
void MCUF_FN(select_8)(const mcuf_select_params *params, const bool *condition, const void *input1,
                       const void *input2, void *output);
void MCUF_FN(select_16)(const mcuf_select_params *params, const bool *condition, const void *input1,
                       const void *input2, void *output);
void MCUF_FN(select_32)(const mcuf_select_params *params, const bool *condition, const void *input1,
                       const void *input2, void *output);

#endif
