#include <string.h>

#include "mcuforge/arm_mve.h"
#include "mcuforge/conv_2d.h"

/* One row of taps into `column`: `inside` of them are in the input, from `run` on; the others have its zero point. */
static int8_t *conv_2d_s8_mve_row(const mcuf_window *window, mcuf_taps inside, const int8_t *run, int8_t zero_point,
                                  int8_t *column) {
  const int32_t depth = window->input_channels;
  const int32_t after = window->filter_width - inside.first - inside.count;
  memset(column, zero_point, (size_t)(inside.first * depth));
  column += inside.first * depth;
  for (int32_t tap = 0; tap < inside.count; ++tap, column += depth) {
    memcpy(column, run + tap * mcuf_column_step(window), (size_t)depth);
  }
  memset(column, zero_point, (size_t)(after * depth));
  return column + after * depth;
}

/* All that one output pixel reads, in the filter's order. */
static void conv_2d_s8_mve_gather(const mcuf_conv_2d_params *params, const mcuf_patch *patch, const int8_t *input,
                                  int8_t *column) {
  const mcuf_window *window = &params->window;
  const int8_t zero_point = (int8_t)-params->input_offset;
  const int32_t row_size = window->filter_width * window->input_channels;
  const int32_t rows = patch->rows > 0 ? patch->rows : 0;
  const int32_t above = rows > 0 ? patch->tap / window->filter_width : 0;
  const mcuf_taps inside = {patch->tap % window->filter_width, patch->columns};
  memset(column, zero_point, (size_t)(above * row_size));
  column += above * row_size;
  for (int32_t row = 0; row < rows; ++row) {
    const int8_t *const run = input + patch->input + row * mcuf_row_step(window);
    column = conv_2d_s8_mve_row(window, inside, run, zero_point, column);
  }
  memset(column, zero_point, (size_t)((window->filter_height - above - rows) * row_size));
}

void MCUF_FN(conv_2d_s8_mve)(const mcuf_conv_2d_params *params, const int8_t *input, const int8_t *filter,
                             const int32_t *bias, int8_t *output, void *scratch) {
  const mcuf_window *window = &params->window;
  const int32_t depth = window->filter_height * window->filter_width * window->input_channels;
  for (int32_t batch = 0; batch < window->batches; ++batch) {
    for (int32_t y = 0; y < window->output_height; ++y) {
      for (int32_t x = 0; x < window->output_width; ++x) {
        const mcuf_patch patch = mcuf_patch_at(window, y, x);
        conv_2d_s8_mve_gather(params, &patch, input, scratch);
        mcuf_mve_channels_s8(&params->output, scratch, filter, bias, depth, window->output_channels, output);
        output += window->output_channels;
      }
    }
    input += mcuf_image_size(window);
  }
}
