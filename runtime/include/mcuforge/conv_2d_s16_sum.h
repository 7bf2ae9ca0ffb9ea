/* The accumulator of one output element of CONV_2D on int16, shared by its kernels for wide and narrow biases. */
#ifndef MCUFORGE_CONV_2D_S16_SUM_H
#define MCUFORGE_CONV_2D_S16_SUM_H

#include <stdint.h>

#include "mcuforge/conv_2d.h"
#include "mcuforge/dot_s16.h"

static inline int64_t mcuf_conv_2d_s16_sum(const mcuf_conv_2d_params *params, const mcuf_patch *patch,
                                           const int16_t *input, const int8_t *filter, int32_t channel) {
  const mcuf_window *window = &params->window;
  const int32_t depth = params->filter_channels;
  const int32_t group_size = window->output_channels / (window->input_channels / depth);
  const int32_t first = channel * window->filter_height * window->filter_width;
  int64_t sum = 0;
  for (int32_t row = 0; row < patch->rows; ++row) {
    for (int32_t column = 0; column < patch->columns; ++column) {
      const int32_t step = row * mcuf_row_step(window) + column * mcuf_column_step(window);
      const int16_t *x = input + patch->input + step + channel / group_size * depth;
      const int8_t *w = filter + (first + patch->tap + row * window->filter_width + column) * depth;
      sum += mcuf_dot_s16(x, w, depth);
    }
  }
  return sum;
}

#endif
