#include <float.h>

#include "mcuforge/float32.h"
#include "mcuforge/pool_2d.h"

static float max_pool_2d_f32_max(const mcuf_window *window, const mcuf_patch *patch, const float *input) {
  float max = -FLT_MAX;
  for (int32_t row = 0; row < patch->rows; ++row) {
    const float *x = input + row * mcuf_row_step(window);
    for (int32_t column = 0; column < patch->columns; ++column) {
      const float value = x[column * mcuf_column_step(window)];
      max = max < value ? value : max;
    }
  }
  return max;
}

void MCUF_FN(max_pool_2d_f32)(const mcuf_pool_2d_f32_params *params, const float *input, float *output) {
  const mcuf_window *window = &params->window;
  for (int32_t batch = 0; batch < window->batches; ++batch) {
    for (int32_t y = 0; y < window->output_height; ++y) {
      for (int32_t x = 0; x < window->output_width; ++x) {
        const mcuf_patch patch = mcuf_patch_at(window, y, x);
        for (int32_t channel = 0; channel < window->output_channels; ++channel) {
          const float max = max_pool_2d_f32_max(window, &patch, input + patch.input + channel);
          *output++ = mcuf_clamp_f32(max, params->least, params->greatest);
        }
      }
    }
    input += mcuf_image_size(window);
  }
}
