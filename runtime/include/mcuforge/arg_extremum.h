/* ARG_MAX and ARG_MIN along one axis: the position of the first of the greatest or least elements. */
#ifndef MCUFORGE_ARG_EXTREMUM_H
#define MCUFORGE_ARG_EXTREMUM_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* `outer` blocks of `depth` steps of `inner` elements; positions count steps. */
typedef struct {
  int32_t outer;
  int32_t depth;
  int32_t inner;
} mcuf_arg_extremum_params;

/* Defines the kernel `name`: an element wins over an earlier one when it is `relation` it. */
#define MCUF_DEFINE_ARG_EXTREMUM(name, type, relation)                                                  \
  void MCUF_FN(name)(const mcuf_arg_extremum_params *params, const type *input, int32_t *output) {      \
    for (int32_t run = 0; run < params->outer * params->inner; ++run) {                                 \
      const type *x = input + run / params->inner * params->depth * params->inner + run % params->inner; \
      int32_t best = 0;                                                                                 \
      for (int32_t n = 1; n < params->depth; ++n) {                                                     \
        best = x[n * params->inner] relation x[best * params->inner] ? n : best;                        \
      }                                                                                                 \
      output[run] = best;                                                                               \
    }                                                                                                   \
  }

void MCUF_FN(arg_max_s8)(const mcuf_arg_extremum_params *params, const int8_t *input, int32_t *output);
void MCUF_FN(arg_max_f32)(const mcuf_arg_extremum_params *params, const float *input, int32_t *output);
void MCUF_FN(arg_min_s8)(const mcuf_arg_extremum_params *params, const int8_t *input, int32_t *output);
void MCUF_FN(arg_min_f32)(const mcuf_arg_extremum_params *params, const float *input, int32_t *output);

#endif
