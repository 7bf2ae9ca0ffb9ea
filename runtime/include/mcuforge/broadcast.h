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

#endif
