#include <math.h>

#include "mcuforge/float32.h"
#include "mcuforge/pool_2d.h"

static float l2_pool_2d_f32_norm(const mcuf_window *window, const mcuf_patch *patch, const float *input) {
  float sum = 0.0f;
  for (int32_t row = 0; row < patch->rows; ++row) {
    const float *x = input + row * mcuf_row_step(window);
    for (int32_t column = 0; column < patch->columns; ++column) {
      const float value = x[column * mcuf_column_step(window)];
      sum += value * value;
    }
  }
  return sqrtf(sum / (float)(patch->rows * patch->columns));
}

void MCUF_FN(l2_pool_2d_f32)(const mcuf_pool_2d_f32_params *params, const float *input, float *output) {
  const mcuf_window *window = &params->window;
  for (int32_t batch = 0; batch < window->batches; ++batch) {
    for (int32_t y = 0; y < window->output_height; ++y) {
      for (int32_t x = 0; x < window->output_width; ++x) {
        const mcuf_patch patch = mcuf_patch_at(window, y, x);
        for (int32_t channel = 0; channel < window->output_channels; ++channel) {
          const float norm = l2_pool_2d_f32_norm(window, &patch, input + patch.input + channel);
          *output++ = mcuf_clamp_f32(norm, params->least, params->greatest);
        }
      }
    }
    input += mcuf_image_size(window);
  }
}
