#include <stddef.h>

#include "mcuforge/depthwise_conv_2d.h"
#include "mcuforge/float16.h"
#include "mcuforge/float32.h"

static float depthwise_conv_2d_f32_w16_sum(const mcuf_depthwise_conv_2d_f32_params *params, const mcuf_patch *patch,
                                           const float *input, const uint16_t *filter) {
  const mcuf_window *window = &params->window;
  float sum = 0.0f;
  for (int32_t row = 0; row < patch->rows; ++row) {
    const float *x = input + patch->input + row * mcuf_row_step(window);
    const uint16_t *w = filter + (patch->tap + row * window->filter_width) * window->output_channels;
    for (int32_t column = 0; column < patch->columns; ++column) {
      sum += x[column * mcuf_column_step(window)] * mcuf_low_f16(w[column * window->output_channels]);
    }
  }
  return sum;
}

static void depthwise_conv_2d_f32_w16_pixel(const mcuf_depthwise_conv_2d_f32_params *params, const mcuf_patch *patch,
                                            const float *input, const uint16_t *filter, const float *bias,
                                            float *output) {
  for (int32_t channel = 0; channel < params->window.output_channels; ++channel) {
    const float *x = input + channel / params->multiplier;
    const float sum = depthwise_conv_2d_f32_w16_sum(params, patch, x, filter + channel);
    output[channel] = mcuf_clamp_f32(sum + (bias != NULL ? bias[channel] : 0.0f), params->least, params->greatest);
  }
}

void MCUF_FN(depthwise_conv_2d_f32_w16)(const mcuf_depthwise_conv_2d_f32_params *params, const float *input,
                                        const uint16_t *filter, const float *bias, float *output) {
  const mcuf_window *window = &params->window;
  for (int32_t batch = 0; batch < window->batches; ++batch) {
    for (int32_t y = 0; y < window->output_height; ++y) {
      for (int32_t x = 0; x < window->output_width; ++x) {
        const mcuf_patch patch = mcuf_patch_at(window, y, x);
        depthwise_conv_2d_f32_w16_pixel(params, &patch, input, filter, bias, output);
        output += window->output_channels;
      }
    }
    input += mcuf_image_size(window);
  }
}
