#include "mcuforge/batch_matmul.h"

static float batch_matmul_f32_dot(const mcuf_batch_matmul_f32_params *params, const float *x, const float *y) {
  const mcuf_batch_matmul_shape *shape = &params->shape;
  float sum = 0.0f;
  for (int32_t k = 0; k < shape->depth; ++k) {
    sum += x[k * shape->left_depth] * y[k * shape->right_depth];
  }
  return sum;
}

void MCUF_FN(batch_matmul_f32)(const mcuf_batch_matmul_f32_params *params, const float *left, const float *right,
                               float *output) {
  const mcuf_batch_matmul_shape *shape = &params->shape;
  for (int32_t n = 0; n < mcuf_batch_matmul_count(shape); ++n) {
    const float *x = left + mcuf_batch_matmul_matrix(shape, shape->left_batch, n);
    const float *y = right + mcuf_batch_matmul_matrix(shape, shape->right_batch, n);
    for (int32_t row = 0; row < shape->rows; ++row) {
      for (int32_t column = 0; column < shape->columns; ++column) {
        const float sum = batch_matmul_f32_dot(params, x + row * shape->left_row, y + column * shape->right_column);
        *output++ = sum;
      }
    }
  }
}
