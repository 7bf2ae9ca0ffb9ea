/* The loops of an elementwise operator on two inputs, one of which may repeat along some axes. */
#ifndef MCUFORGE_BROADCAST_H
#define MCUFORGE_BROADCAST_H

#include <stdint.h>

#define MCUF_BROADCAST_RANK 4

/*
 * The output's shape, outermost axis first, with neighbouring axes merged where both inputs allow it, so that the last
 * axis is as long as can be. A stride is the step, in elements, of that input along that axis: 0 where it repeats.
 */
typedef struct {
  int32_t shape[MCUF_BROADCAST_RANK];
  int32_t stride1[MCUF_BROADCAST_RANK];
  int32_t stride2[MCUF_BROADCAST_RANK];
} mcuf_broadcast;

/* The outer three axes as one counter: `row` of 0 <= row < mcuf_broadcast_rows selects a run along the last axis. */
static inline int32_t mcuf_broadcast_rows(const mcuf_broadcast *over) {
  return over->shape[0] * over->shape[1] * over->shape[2];
}

static inline int32_t mcuf_broadcast_offset(const int32_t *shape, const int32_t *stride, int32_t row) {
  const int32_t i2 = row % shape[2];
  const int32_t i1 = row / shape[2] % shape[1];
  const int32_t i0 = row / shape[2] / shape[1];
  return i0 * stride[0] + i1 * stride[1] + i2 * stride[2];
}

/* Params of operators that need no more than the loops, and of those whose result is clamped. */
typedef struct {
  mcuf_broadcast over;
} mcuf_binary_params;

typedef struct {
  mcuf_broadcast over;
  float least;
  float greatest;
} mcuf_binary_f32_params;

typedef struct {
  mcuf_broadcast over;
  int32_t least;
  int32_t greatest;
} mcuf_binary_s32_params;

/* Defines the kernel `name`: each output is element(params, x1, x2) of a pair of inputs, read as `read_type`. */
#define MCUF_DEFINE_BINARY_AS(name, params_type, input_type, read_type, output_type, element)                        \
  void MCUF_FN(name)(const params_type *params, const input_type *input1, const input_type *input2,                  \
                     output_type *output) {                                                                          \
    const mcuf_broadcast *over = &params->over;                                                                      \
    const int32_t last = MCUF_BROADCAST_RANK - 1;                                                                    \
    for (int32_t row = 0; row < mcuf_broadcast_rows(over); ++row) {                                                  \
      const read_type *x1 = (const read_type *)input1 + mcuf_broadcast_offset(over->shape, over->stride1, row);      \
      const read_type *x2 = (const read_type *)input2 + mcuf_broadcast_offset(over->shape, over->stride2, row);      \
      for (int32_t i = 0; i < over->shape[last]; ++i) {                                                              \
        *output++ = element(params, x1[i * over->stride1[last]], x2[i * over->stride2[last]]);                       \
      }                                                                                                              \
    }                                                                                                                \
  }

#define MCUF_DEFINE_BINARY(name, params_type, input_type, output_type, element) \
  MCUF_DEFINE_BINARY_AS(name, params_type, input_type, input_type, output_type, element)

#endif
