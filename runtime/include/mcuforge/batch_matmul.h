/* BATCH_MATMUL: products of matrices, the batches of either side repeated where the other has more. */
#ifndef MCUFORGE_BATCH_MATMUL_H
#define MCUFORGE_BATCH_MATMUL_H

#include <stdint.h>

#include "mcuforge/prefix.h"
#include "mcuforge/requantize.h"

#define MCUF_BATCH_MATMUL_LOOPS 3

/*
 * Steps in elements: from one batch to the next (0 where a side repeats), and inside a matrix, so that a transposed one
 * is read as it lies.
 */
typedef struct {
  int32_t batches[MCUF_BATCH_MATMUL_LOOPS]; /* outermost first */
  int32_t left_batch[MCUF_BATCH_MATMUL_LOOPS];
  int32_t right_batch[MCUF_BATCH_MATMUL_LOOPS];
  int32_t rows;
  int32_t columns;
  int32_t depth;
  int32_t left_row;
  int32_t left_depth;
  int32_t right_depth;
  int32_t right_column;
} mcuf_batch_matmul_shape;

typedef struct {
  mcuf_batch_matmul_shape shape;
  int32_t left_offset; /* minus the zero point */
  int32_t right_offset;
  mcuf_requantization output;
} mcuf_batch_matmul_params;

typedef struct {
  mcuf_batch_matmul_shape shape;
} mcuf_batch_matmul_f32_params;

static inline int32_t mcuf_batch_matmul_count(const mcuf_batch_matmul_shape *shape) {
  return shape->batches[0] * shape->batches[1] * shape->batches[2];
}

/* Where the n-th pair's matrix begins, for the steps of one side. */
static inline int32_t mcuf_batch_matmul_matrix(const mcuf_batch_matmul_shape *shape, const int32_t *steps, int32_t n) {
  const int32_t outer = n / shape->batches[2];
  return n % shape->batches[2] * steps[2] + outer % shape->batches[1] * steps[1] + outer / shape->batches[1] * steps[0];
}

void MCUF_FN(batch_matmul_s8)(const mcuf_batch_matmul_params *params, const int8_t *left, const int8_t *right,
                              int8_t *output);
/* 64-bit accumulators. */
void MCUF_FN(batch_matmul_s16)(const mcuf_batch_matmul_params *params, const int16_t *left, const int16_t *right,
                               int16_t *output);
void MCUF_FN(batch_matmul_f32)(const mcuf_batch_matmul_f32_params *params, const float *left, const float *right,
                               float *output);

#endif
