#include <stddef.h>

#include "mcuforge/conv_2d_s16_sum.h"

void MCUF_FN(conv_2d_s16)(const mcuf_conv_2d_params *params, const int16_t *input, const int8_t *filter,
                          const int64_t *bias, int16_t *output) {
  const mcuf_window *window = &params->window;
  for (int32_t batch = 0; batch < window->batches; ++batch) {
    for (int32_t y = 0; y < window->output_height; ++y) {
      for (int32_t x = 0; x < window->output_width; ++x) {
        const mcuf_patch patch = mcuf_patch_at(window, y, x);
        for (int32_t channel = 0; channel < window->output_channels; ++channel) {
          const int64_t sum = mcuf_conv_2d_s16_sum(params, &patch, input, filter, channel);
          const int64_t start = bias != NULL ? bias[channel] : 0;
          *output++ = mcuf_requantize_s16(start + sum, channel, &params->output);
        }
      }
    }
    input += mcuf_image_size(window);
  }
}
