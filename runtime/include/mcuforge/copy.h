/* READ_VARIABLE, ASSIGN_VARIABLE: bytes from one place to another, or one byte many times. */
#ifndef MCUFORGE_COPY_H
#define MCUFORGE_COPY_H

#include <stdint.h>

#include "mcuforge/prefix.h"

typedef struct {
  int32_t bytes;
} mcuf_copy_params;

typedef struct {
  int32_t bytes;
  int32_t value;
} mcuf_fill_bytes_params;

/* Input and output must not overlap. */
void MCUF_FN(copy)(const mcuf_copy_params *params, const void *input, void *output);
void MCUF_FN(fill_bytes)(const mcuf_fill_bytes_params *params, void *output);

#endif
