#include <stddef.h>

#include "mcuforge/depthwise_conv_2d.h"
#include "mcuforge/dot_s8_w4.h"

static uint32_t depthwise_conv_2d_s8_w4_sum(const mcuf_depthwise_conv_2d_params *params, const mcuf_patch *patch,
                                            const int8_t *input, const int8_t *filter, int32_t channel) {
  const mcuf_window *window = &params->window;
  uint32_t sum = 0;
  for (int32_t row = 0; row < patch->rows; ++row) {
    const int8_t *x = input + patch->input + row * mcuf_row_step(window) + channel / params->multiplier;
    const int32_t w = (patch->tap + row * window->filter_width) * window->output_channels + channel;
    for (int32_t column = 0; column < patch->columns; ++column) {
      const int32_t value = x[column * mcuf_column_step(window)] + params->input_offset;
      sum += (uint32_t)(value * mcuf_int4_at(filter, w + column * window->output_channels));
    }
  }
  return sum;
}

void MCUF_FN(depthwise_conv_2d_s8_w4)(const mcuf_depthwise_conv_2d_params *params, const int8_t *input,
                                      const int8_t *filter, const int32_t *bias, int8_t *output) {
  const mcuf_window *window = &params->window;
  for (int32_t batch = 0; batch < window->batches; ++batch) {
    for (int32_t y = 0; y < window->output_height; ++y) {
      for (int32_t x = 0; x < window->output_width; ++x) {
        const mcuf_patch patch = mcuf_patch_at(window, y, x);
        for (int32_t channel = 0; channel < window->output_channels; ++channel) {
          const uint32_t sum = depthwise_conv_2d_s8_w4_sum(params, &patch, input, filter, channel);
          const uint32_t start = bias != NULL ? (uint32_t)bias[channel] : 0;
          *output++ = mcuf_requantize_s8(start + sum, channel, &params->output);
        }
      }
    }
    input += mcuf_image_size(window);
  }
}
