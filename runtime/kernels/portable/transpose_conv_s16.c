#include <stddef.h>

#include "mcuforge/dot_s16.h"
#include "mcuforge/transpose_conv.h"

static int64_t transpose_conv_s16_sum(const mcuf_transpose_conv_params *params,
                                      const mcuf_transpose_conv_patch *patch, const int16_t *input,
                                      const int8_t *filter) {
  const mcuf_transpose_conv_shape *shape = &params->shape;
  int64_t sum = 0;
  for (int32_t row = 0; row < patch->rows.count; ++row) {
    for (int32_t column = 0; column < patch->columns.count; ++column) {
      const int16_t *x = input + mcuf_transpose_conv_input(shape, patch, row, column);
      const int8_t *w = filter + mcuf_transpose_conv_tap(shape, patch, row, column);
      sum += mcuf_dot_s16(x, w, shape->input_channels);
    }
  }
  return sum;
}

static void transpose_conv_s16_pixel(const mcuf_transpose_conv_params *params,
                                     const mcuf_transpose_conv_patch *patch, const int16_t *input, const int8_t *filter,
                                     const int64_t *bias, int16_t *output) {
  const mcuf_transpose_conv_shape *shape = &params->shape;
  const int32_t filter_size = shape->filter_height * shape->filter_width * shape->input_channels;
  for (int32_t channel = 0; channel < shape->output_channels; ++channel) {
    const int64_t sum = transpose_conv_s16_sum(params, patch, input, filter + channel * filter_size);
    const int64_t start = bias != NULL ? bias[channel] : 0;
    output[channel] = mcuf_requantize_s16(start + sum, channel, &params->output);
  }
}

void MCUF_FN(transpose_conv_s16)(const mcuf_transpose_conv_params *params, const int16_t *input, const int8_t *filter,
                                 const int64_t *bias, int16_t *output) {
  const mcuf_transpose_conv_shape *shape = &params->shape;
  for (int32_t batch = 0; batch < shape->batches; ++batch) {
    for (int32_t y = 0; y < shape->output_height; ++y) {
      for (int32_t x = 0; x < shape->output_width; ++x) {
        const mcuf_transpose_conv_patch patch = mcuf_transpose_conv_patch_at(shape, y, x);
        transpose_conv_s16_pixel(params, &patch, input, filter, bias, output);
        output += shape->output_channels;
      }
    }
    input += shape->input_height * shape->input_width * shape->input_channels;
  }
}
