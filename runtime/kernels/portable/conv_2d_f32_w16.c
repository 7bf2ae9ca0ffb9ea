#include <stddef.h>

#include "mcuforge/conv_2d.h"
#include "mcuforge/dot_f32_w16.h"
#include "mcuforge/float32.h"

/* Taps in row, column, channel order: the order of TFLM's sum, which float rounding makes part of the result. */
static float conv_2d_f32_w16_sum(const mcuf_conv_2d_f32_params *params, const mcuf_patch *patch, const float *input,
                                 const uint16_t *filter) {
  const mcuf_window *window = &params->window;
  const int32_t depth = params->filter_channels;
  float sum = 0.0f;
  for (int32_t row = 0; row < patch->rows; ++row) {
    for (int32_t column = 0; column < patch->columns; ++column) {
      const float *x = input + patch->input + row * mcuf_row_step(window) + column * mcuf_column_step(window);
      const uint16_t *w = filter + (patch->tap + row * window->filter_width + column) * depth;
      sum = mcuf_dot_f32_w16(sum, x, w, depth);
    }
  }
  return sum;
}

static void conv_2d_f32_w16_pixel(const mcuf_conv_2d_f32_params *params, const mcuf_patch *patch, const float *input,
                                  const uint16_t *filter, const float *bias, float *output) {
  const mcuf_window *window = &params->window;
  const int32_t filter_size = window->filter_height * window->filter_width * params->filter_channels;
  const int32_t groups = window->input_channels / params->filter_channels;
  const int32_t group_size = window->output_channels / groups;
  for (int32_t channel = 0; channel < window->output_channels; ++channel) {
    const float *x = input + channel / group_size * params->filter_channels;
    const float sum = conv_2d_f32_w16_sum(params, patch, x, filter + channel * filter_size);
    output[channel] = mcuf_clamp_f32(sum + (bias != NULL ? bias[channel] : 0.0f), params->least, params->greatest);
  }
}

void MCUF_FN(conv_2d_f32_w16)(const mcuf_conv_2d_f32_params *params, const float *input, const uint16_t *filter,
                              const float *bias, float *output) {
  const mcuf_window *window = &params->window;
  for (int32_t batch = 0; batch < window->batches; ++batch) {
    for (int32_t y = 0; y < window->output_height; ++y) {
      for (int32_t x = 0; x < window->output_width; ++x) {
        const mcuf_patch patch = mcuf_patch_at(window, y, x);
        conv_2d_f32_w16_pixel(params, &patch, input, filter, bias, output);
        output += window->output_channels;
      }
    }
    input += mcuf_image_size(window);
  }
}
