/* CONCATENATION along one axis. */
#ifndef MCUFORGE_CONCATENATION_H
#define MCUFORGE_CONCATENATION_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* As many as TFLM takes; absent inputs are NULL. */
#define MCUF_CONCATENATION_INPUTS 10

/* Each input is `rows` runs of `run_bytes`, its own; the output interleaves them. */
typedef struct {
  int32_t rows;
  int32_t run_bytes[MCUF_CONCATENATION_INPUTS];
} mcuf_concatenation_params;

/* Moves bytes, so that one kernel serves every type. */
void MCUF_FN(concatenation)(const mcuf_concatenation_params *params, const void *input0, const void *input1,
                            const void *input2, const void *input3, const void *input4, const void *input5,
                            const void *input6, const void *input7, const void *input8, const void *input9,
                            void *output);

#endif
