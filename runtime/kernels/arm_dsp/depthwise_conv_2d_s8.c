#include "mcuforge/arm_dsp.h"
#include "mcuforge/depthwise_conv_2d.h"
#include "mcuforge/requantize_narrow.h"

#define DEPTHWISE_CONV_2D_S8_DSP_LANES 4

/* What the channels of one pixel have in common; steps are elements from a tap to the next one. */
typedef struct {
  int32_t rows;
  int32_t columns;
  int32_t row_step;
  int32_t column_step;
  int32_t filter_width;
  uint32_t offset; /* of the input, in both halves */
} depthwise_conv_2d_s8_dsp_taps;

/* One tap of four channels. */
MCUF_INLINE void depthwise_conv_2d_s8_dsp_tap(uint32_t *sums, const int8_t *x, const int8_t *w, uint32_t offset) {
  const uint32_t x_word = mcuf_load_word(x), w_word = mcuf_load_aligned_word(w);
  const uint32_t x_even = mcuf_add_even_bytes(offset, x_word), w_even = mcuf_even_bytes(w_word);
  const uint32_t x_odd = mcuf_add_odd_bytes(offset, x_word), w_odd = mcuf_odd_bytes(w_word);
  sums[0] = mcuf_multiply_low(x_even, w_even, sums[0]);
  sums[1] = mcuf_multiply_low(x_odd, w_odd, sums[1]);
  sums[2] = mcuf_multiply_top(x_even, w_even, sums[2]);
  sums[3] = mcuf_multiply_top(x_odd, w_odd, sums[3]);
}

/* All taps of four channels. Rows of three, which nearly all filters have, need no loop. */
MCUF_INLINE void depthwise_conv_2d_s8_dsp_sum(const depthwise_conv_2d_s8_dsp_taps *taps, const int8_t *x,
                                              const int8_t *w, uint32_t *sums) {
  const int32_t step = taps->column_step, x_step = taps->row_step;
  const int32_t w_step = taps->filter_width * DEPTHWISE_CONV_2D_S8_DSP_LANES;
  const uint32_t offset = taps->offset;
  int32_t rows = taps->rows;
  for (; taps->columns == 3 && rows > 0; --rows, x += x_step, w += w_step) {
    depthwise_conv_2d_s8_dsp_tap(sums, x, w, offset);
    MCUF_KEEP_ORDER();
    depthwise_conv_2d_s8_dsp_tap(sums, x + step, w + 4, offset);
    MCUF_KEEP_ORDER();
    depthwise_conv_2d_s8_dsp_tap(sums, x + 2 * step, w + 8, offset);
  }
  for (; rows > 0; --rows, x += x_step, w += w_step) {
    for (int32_t column = 0; column < taps->columns; ++column) {
      depthwise_conv_2d_s8_dsp_tap(sums, x + column * step, w + column * 4, offset);
    }
  }
}

/* One of the last `lanes` channels, which are fewer than four. */
static uint32_t depthwise_conv_2d_s8_dsp_single(const depthwise_conv_2d_s8_dsp_taps *taps, const int8_t *x,
                                                const int8_t *w, int32_t lanes, uint32_t sum) {
  const int32_t offset = (int16_t)taps->offset;
  for (int32_t row = 0; row < taps->rows; ++row) {
    for (int32_t column = 0; column < taps->columns; ++column) {
      const int32_t value = x[row * taps->row_step + column * taps->column_step] + offset;
      sum += (uint32_t)(value * w[(row * taps->filter_width + column) * lanes]);
    }
  }
  return sum;
}

/* `at`: the channel times the step from one channel's factor to the next. */
MCUF_INLINE int32_t depthwise_conv_2d_s8_dsp_finish(const mcuf_requantization *to, uint32_t sum, int32_t at) {
  return mcuf_requantize_either_s8(sum, to->multiplier[at], to->shift[at], 2 * to->offset + 1);
}

/* Channels in fours, then those that are left. `tap` is the first one inside the input, and `x` what it meets. */
static void depthwise_conv_2d_s8_dsp_pixel(const mcuf_depthwise_conv_2d_params *params,
                                           const depthwise_conv_2d_s8_dsp_taps *taps, const int8_t *x,
                                           const int8_t *filter, int32_t tap, const int32_t *bias, int8_t *output) {
  const mcuf_requantization *to = &params->output;
  const int32_t size = params->window.filter_height * params->window.filter_width;
  const int32_t left = params->window.output_channels & 3, whole = params->window.output_channels - left;
  for (int32_t channel = 0; channel < whole; channel += DEPTHWISE_CONV_2D_S8_DSP_LANES) {
    uint32_t sums[] = {(uint32_t)bias[channel], (uint32_t)bias[channel + 1], (uint32_t)bias[channel + 2],
                       (uint32_t)bias[channel + 3]};
    depthwise_conv_2d_s8_dsp_sum(taps, x + channel, filter + channel * size + tap * 4, sums);
    const int32_t step = to->step, at = channel * step;
    const int32_t first = depthwise_conv_2d_s8_dsp_finish(to, sums[0], at);
    const int32_t second = depthwise_conv_2d_s8_dsp_finish(to, sums[1], at + step);
    const int32_t third = depthwise_conv_2d_s8_dsp_finish(to, sums[2], at + 2 * step);
    const int32_t fourth = depthwise_conv_2d_s8_dsp_finish(to, sums[3], at + 3 * step);
    output[channel] = (int8_t)first;
    output[channel + 1] = (int8_t)second;
    output[channel + 2] = (int8_t)third;
    output[channel + 3] = (int8_t)fourth;
  }
  for (int32_t channel = whole; channel < whole + left; ++channel) {
    const int8_t *w = filter + whole * size + tap * left + (channel - whole);
    const uint32_t sum = depthwise_conv_2d_s8_dsp_single(taps, x + channel, w, left, (uint32_t)bias[channel]);
    output[channel] = (int8_t)depthwise_conv_2d_s8_dsp_finish(to, sum, channel * to->step);
  }
  mcuf_clamp_run_s8(to, output, whole + left);
}

void MCUF_FN(depthwise_conv_2d_s8_dsp)(const mcuf_depthwise_conv_2d_params *params, const int8_t *input,
                                       const int8_t *filter, const int32_t *bias, int8_t *output) {
  const mcuf_window *window = &params->window;
  const int32_t is_column = window->filter_width == 1; /* one column of taps is one row of them, the other way round */
  depthwise_conv_2d_s8_dsp_taps taps = {
      0,
      0,
      mcuf_row_step(window),
      is_column ? mcuf_row_step(window) : mcuf_column_step(window),
      window->filter_width,
      mcuf_both_halves(params->input_offset),
  };
  for (int32_t batch = 0; batch < window->batches; ++batch) {
    for (int32_t y = 0; y < window->output_height; ++y) {
      for (int32_t x = 0; x < window->output_width; ++x) {
        const mcuf_patch patch = mcuf_patch_at(window, y, x);
        const int32_t any = patch.rows > 0 ? 1 : 0;
        taps.rows = is_column ? any : patch.rows;
        taps.columns = is_column ? patch.rows : patch.columns;
        depthwise_conv_2d_s8_dsp_pixel(params, &taps, input + any * patch.input, filter, any * patch.tap, bias, output);
        output += window->output_channels;
      }
    }
    input += mcuf_image_size(window);
  }
}
