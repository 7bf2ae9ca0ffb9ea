#include <stddef.h>

#include "mcuforge/dot_f32_w16.h"
#include "mcuforge/float32.h"
#include "mcuforge/transpose_conv.h"

/* In the order of the input, in which TFLM adds to its outputs. */
static float transpose_conv_f32_w16_sum(const mcuf_transpose_conv_f32_params *params,
                                        const mcuf_transpose_conv_patch *patch, const float *input,
                                        const uint16_t *filter) {
  const mcuf_transpose_conv_shape *shape = &params->shape;
  float sum = 0.0f;
  for (int32_t row = 0; row < patch->rows.count; ++row) {
    for (int32_t column = 0; column < patch->columns.count; ++column) {
      const float *x = input + mcuf_transpose_conv_input(shape, patch, row, column);
      const uint16_t *w = filter + mcuf_transpose_conv_tap(shape, patch, row, column);
      sum = mcuf_dot_f32_w16(sum, x, w, shape->input_channels);
    }
  }
  return sum;
}

static void transpose_conv_f32_w16_pixel(const mcuf_transpose_conv_f32_params *params,
                                         const mcuf_transpose_conv_patch *patch, const float *input,
                                         const uint16_t *filter, const float *bias, float *output) {
  const mcuf_transpose_conv_shape *shape = &params->shape;
  const int32_t filter_size = shape->filter_height * shape->filter_width * shape->input_channels;
  for (int32_t channel = 0; channel < shape->output_channels; ++channel) {
    const float sum = transpose_conv_f32_w16_sum(params, patch, input, filter + channel * filter_size);
    output[channel] = mcuf_clamp_f32(sum + (bias != NULL ? bias[channel] : 0.0f), params->least, params->greatest);
  }
}

void MCUF_FN(transpose_conv_f32_w16)(const mcuf_transpose_conv_f32_params *params, const float *input,
                                     const uint16_t *filter, const float *bias, float *output) {
  const mcuf_transpose_conv_shape *shape = &params->shape;
  for (int32_t batch = 0; batch < shape->batches; ++batch) {
    for (int32_t y = 0; y < shape->output_height; ++y) {
      for (int32_t x = 0; x < shape->output_width; ++x) {
        const mcuf_transpose_conv_patch patch = mcuf_transpose_conv_patch_at(shape, y, x);
        transpose_conv_f32_w16_pixel(params, &patch, input, filter, bias, output);
        output += shape->output_channels;
      }
    }
    input += shape->input_height * shape->input_width * shape->input_channels;
  }
}
