#include "mcuforge/batch_matmul.h"

static int64_t batch_matmul_s16_dot(const mcuf_batch_matmul_params *params, const int16_t *x, const int16_t *y) {
  const mcuf_batch_matmul_shape *shape = &params->shape;
  int64_t sum = 0;
  for (int32_t k = 0; k < shape->depth; ++k) {
    sum += x[k * shape->left_depth] * y[k * shape->right_depth];
  }
  return sum;
}

void MCUF_FN(batch_matmul_s16)(const mcuf_batch_matmul_params *params, const int16_t *left, const int16_t *right,
                               int16_t *output) {
  const mcuf_batch_matmul_shape *shape = &params->shape;
  for (int32_t n = 0; n < mcuf_batch_matmul_count(shape); ++n) {
    const int16_t *x = left + mcuf_batch_matmul_matrix(shape, shape->left_batch, n);
    const int16_t *y = right + mcuf_batch_matmul_matrix(shape, shape->right_batch, n);
    for (int32_t row = 0; row < shape->rows; ++row) {
      for (int32_t column = 0; column < shape->columns; ++column) {
        const int64_t sum = batch_matmul_s16_dot(params, x + row * shape->left_row, y + column * shape->right_column);
        *output++ = mcuf_requantize_s16(sum, 0, &params->output);
      }
    }
  }
}
