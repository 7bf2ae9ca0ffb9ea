#include "mcuforge/fixed_point.h"
#include "mcuforge/pool_2d.h"

/* The mean of one channel over the window, rounded half away from zero. */
static int32_t average_pool_2d_s16_mean(const mcuf_window *window, const mcuf_patch *patch, const int16_t *input) {
  const int32_t count = patch->rows * patch->columns;
  int32_t sum = 0;
  for (int32_t row = 0; row < patch->rows; ++row) {
    const int16_t *x = input + row * mcuf_row_step(window);
    for (int32_t column = 0; column < patch->columns; ++column) {
      sum += x[column * mcuf_column_step(window)];
    }
  }
  return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}

void MCUF_FN(average_pool_2d_s16)(const mcuf_pool_2d_params *params, const int16_t *input, int16_t *output) {
  const mcuf_window *window = &params->window;
  for (int32_t batch = 0; batch < window->batches; ++batch) {
    for (int32_t y = 0; y < window->output_height; ++y) {
      for (int32_t x = 0; x < window->output_width; ++x) {
        const mcuf_patch patch = mcuf_patch_at(window, y, x);
        for (int32_t channel = 0; channel < window->output_channels; ++channel) {
          const int32_t mean = average_pool_2d_s16_mean(window, &patch, input + patch.input + channel);
          *output++ = (int16_t)mcuf_clamp(mean, params->least, params->greatest);
        }
      }
    }
    input += mcuf_image_size(window);
  }
}
