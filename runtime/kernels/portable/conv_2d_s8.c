#include <stddef.h>

#include "mcuforge/conv_2d.h"
#include "mcuforge/dot_s8.h"

/* `input` and `filter` point to the first channel of the group and to the first filter of the lanes. */
static inline void conv_2d_s8_accumulate(const mcuf_conv_2d_params *params, const mcuf_patch *patch,
                                         const int8_t *input, const int8_t *filter, int32_t lanes,
                                         uint32_t *accumulators) {
  const mcuf_window *window = &params->window;
  const int32_t depth = params->filter_channels;
  const int32_t pitch = window->filter_height * window->filter_width * depth;
  /* A whole row of taps is one contiguous vector unless dilation or groups tear it apart. */
  const int32_t run = depth == mcuf_column_step(window) ? patch->columns : 1;
  for (int32_t row = 0; row < patch->rows; ++row) {
    const int8_t *x = input + patch->input + row * mcuf_row_step(window);
    const int8_t *w = filter + (patch->tap + row * window->filter_width) * depth;
    for (int32_t column = 0; column < patch->columns; column += run) {
      const int8_t *taps = x + column * mcuf_column_step(window);
      if (lanes == MCUF_DOT_LANES) {
        mcuf_dot4_s8(accumulators, taps, params->input_offset, w + column * depth, pitch, run * depth);
      } else {
        mcuf_dot1_s8(accumulators, taps, params->input_offset, w + column * depth, run * depth);
      }
    }
  }
}

static void conv_2d_s8_pixel(const mcuf_conv_2d_params *params, const mcuf_patch *patch, const int8_t *input,
                             const int8_t *filter, const int32_t *bias, int8_t *output) {
  const mcuf_window *window = &params->window;
  const int32_t filter_size = window->filter_height * window->filter_width * params->filter_channels;
  const int32_t groups = window->input_channels / params->filter_channels;
  const int32_t group_size = window->output_channels / groups;
  int32_t lanes;
  for (int32_t channel = 0; channel < window->output_channels; channel += lanes) {
    const int32_t group = channel / group_size;
    uint32_t accumulators[MCUF_DOT_LANES] = {0};
    lanes = (group + 1) * group_size - channel >= MCUF_DOT_LANES ? MCUF_DOT_LANES : 1;
    for (int32_t lane = 0; lane < lanes && bias != NULL; ++lane) {
      accumulators[lane] = (uint32_t)bias[channel + lane];
    }
    conv_2d_s8_accumulate(params, patch, input + group * params->filter_channels, filter + channel * filter_size,
                          lanes, accumulators);
    for (int32_t lane = 0; lane < lanes; ++lane) {
      output[channel + lane] = mcuf_requantize_s8(accumulators[lane], channel + lane, &params->output);
    }
  }
}

void MCUF_FN(conv_2d_s8)(const mcuf_conv_2d_params *params, const int8_t *input, const int8_t *filter,
                         const int32_t *bias, int8_t *output) {
  const mcuf_window *window = &params->window;
  for (int32_t batch = 0; batch < window->batches; ++batch) {
    for (int32_t y = 0; y < window->output_height; ++y) {
      for (int32_t x = 0; x < window->output_width; ++x) {
        const mcuf_patch patch = mcuf_patch_at(window, y, x);
        conv_2d_s8_pixel(params, &patch, input, filter, bias, output);
        output += window->output_channels;
      }
    }
    input += mcuf_image_size(window);
  }
}
