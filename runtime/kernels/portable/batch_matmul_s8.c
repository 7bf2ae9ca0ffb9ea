#include "mcuforge/batch_matmul.h"

static uint32_t batch_matmul_s8_dot(const mcuf_batch_matmul_params *params, const int8_t *x, const int8_t *y) {
  const mcuf_batch_matmul_shape *shape = &params->shape;
  uint32_t sum = 0;
  for (int32_t k = 0; k < shape->depth; ++k) {
    const int32_t value = x[k * shape->left_depth] + params->left_offset;
    sum += (uint32_t)(value * (y[k * shape->right_depth] + params->right_offset));
  }
  return sum;
}

void MCUF_FN(batch_matmul_s8)(const mcuf_batch_matmul_params *params, const int8_t *left, const int8_t *right,
                              int8_t *output) {
  const mcuf_batch_matmul_shape *shape = &params->shape;
  for (int32_t n = 0; n < mcuf_batch_matmul_count(shape); ++n) {
    const int8_t *x = left + mcuf_batch_matmul_matrix(shape, shape->left_batch, n);
    const int8_t *y = right + mcuf_batch_matmul_matrix(shape, shape->right_batch, n);
    for (int32_t row = 0; row < shape->rows; ++row) {
      for (int32_t column = 0; column < shape->columns; ++column) {
        const uint32_t sum = batch_matmul_s8_dot(params, x + row * shape->left_row, y + column * shape->right_column);
        *output++ = mcuf_requantize_s8(sum, 0, &params->output);
      }
    }
  }
}
