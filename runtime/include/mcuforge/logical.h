/* LOGICAL_AND and LOGICAL_OR with broadcasting, LOGICAL_NOT. */
#ifndef MCUFORGE_LOGICAL_H
#define MCUFORGE_LOGICAL_H

#include <stdbool.h>
#include <stdint.h>

#include "mcuforge/broadcast.h"
#include "mcuforge/prefix.h"

typedef struct {
  int32_t count;
} mcuf_logical_not_params;

void MCUF_FN(logical_and_bool)(const mcuf_binary_params *params, const bool *input1, const bool *input2, bool *output);
void MCUF_FN(logical_or_bool)(const mcuf_binary_params *params, const bool *input1, const bool *input2, bool *output);
void MCUF_FN(logical_not_bool)(const mcuf_logical_not_params *params, const bool *input, bool *output);

#endif
