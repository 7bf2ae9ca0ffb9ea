#include <stddef.h>

#include "mcuforge/depthwise_conv_2d.h"

#define DEPTHWISE_CONV_2D_S8_LANES 4

/* One row of taps, of one channel; steps are elements from a tap to the next. */
static inline void depthwise_conv_2d_s8_row1(uint32_t *accumulators, const int8_t *x, int32_t offset, int32_t x_step,
                                             const int8_t *w, int32_t w_step, int32_t taps) {
  uint32_t sum = accumulators[0];
  for (int32_t tap = 0; tap < taps; ++tap) {
    sum += (uint32_t)((x[tap * x_step] + offset) * w[tap * w_step]);
  }
  accumulators[0] = sum;
}

/* The same for DEPTHWISE_CONV_2D_S8_LANES neighbouring channels, with one pass over the taps. */
static inline void depthwise_conv_2d_s8_row4(uint32_t *accumulators, const int8_t *x, int32_t offset, int32_t x_step,
                                             const int8_t *w, int32_t w_step, int32_t taps) {
  uint32_t sum0 = accumulators[0];
  uint32_t sum1 = accumulators[1];
  uint32_t sum2 = accumulators[2];
  uint32_t sum3 = accumulators[3];
  for (int32_t tap = 0; tap < taps; ++tap) {
    const int8_t *const at = x + tap * x_step;
    const int8_t *const weights = w + tap * w_step;
    sum0 += (uint32_t)((at[0] + offset) * weights[0]);
    sum1 += (uint32_t)((at[1] + offset) * weights[1]);
    sum2 += (uint32_t)((at[2] + offset) * weights[2]);
    sum3 += (uint32_t)((at[3] + offset) * weights[3]);
  }
  accumulators[0] = sum0;
  accumulators[1] = sum1;
  accumulators[2] = sum2;
  accumulators[3] = sum3;
}

static inline void depthwise_conv_2d_s8_accumulate(const mcuf_depthwise_conv_2d_params *params,
                                                   const mcuf_patch *patch, const int8_t *input,
                                                   const int8_t *filter, int32_t lanes, uint32_t *accumulators) {
  const mcuf_window *window = &params->window;
  const int32_t channels = window->output_channels;
  const int32_t step = mcuf_column_step(window);
  for (int32_t row = 0; row < patch->rows; ++row) {
    const int8_t *x = input + patch->input + row * mcuf_row_step(window);
    const int8_t *w = filter + (patch->tap + row * window->filter_width) * channels;
    if (lanes == DEPTHWISE_CONV_2D_S8_LANES) {
      depthwise_conv_2d_s8_row4(accumulators, x, params->input_offset, step, w, channels, patch->columns);
    } else {
      depthwise_conv_2d_s8_row1(accumulators, x, params->input_offset, step, w, channels, patch->columns);
    }
  }
}

static inline void depthwise_conv_2d_s8_channels(const mcuf_depthwise_conv_2d_params *params, const mcuf_patch *patch,
                                                 const int8_t *input, const int8_t *filter, const int32_t *bias,
                                                 int32_t channel, int32_t lanes, int8_t *output) {
  uint32_t accumulators[DEPTHWISE_CONV_2D_S8_LANES] = {0};
  for (int32_t lane = 0; lane < lanes && bias != NULL; ++lane) {
    accumulators[lane] = (uint32_t)bias[channel + lane];
  }
  depthwise_conv_2d_s8_accumulate(params, patch, input + channel, filter + channel, lanes, accumulators);
  for (int32_t lane = 0; lane < lanes; ++lane) {
    output[channel + lane] = mcuf_requantize_s8(accumulators[lane], channel + lane, &params->output);
  }
}

static void depthwise_conv_2d_s8_pixel(const mcuf_depthwise_conv_2d_params *params, const mcuf_patch *patch,
                                       const int8_t *input, const int8_t *filter, const int32_t *bias,
                                       int8_t *output) {
  const int32_t channels = params->window.output_channels;
  const int32_t in_lanes = channels - channels % DEPTHWISE_CONV_2D_S8_LANES;
  for (int32_t channel = 0; channel < in_lanes; channel += DEPTHWISE_CONV_2D_S8_LANES) {
    depthwise_conv_2d_s8_channels(params, patch, input, filter, bias, channel, DEPTHWISE_CONV_2D_S8_LANES, output);
  }
  for (int32_t channel = in_lanes; channel < channels; ++channel) {
    depthwise_conv_2d_s8_channels(params, patch, input, filter, bias, channel, 1, output);
  }
}

void MCUF_FN(depthwise_conv_2d_s8)(const mcuf_depthwise_conv_2d_params *params, const int8_t *input,
                                   const int8_t *filter, const int32_t *bias, int8_t *output) {
  const mcuf_window *window = &params->window;
  for (int32_t batch = 0; batch < window->batches; ++batch) {
    for (int32_t y = 0; y < window->output_height; ++y) {
      for (int32_t x = 0; x < window->output_width; ++x) {
        const mcuf_patch patch = mcuf_patch_at(window, y, x);
        depthwise_conv_2d_s8_pixel(params, &patch, input, filter, bias, output);
        output += window->output_channels;
      }
    }
    input += mcuf_image_size(window);
  }
}
