#include "mcuforge/fully_connected.h"
#include "mcuforge/quads_s8.h"

/* Four elements of the input times those of a whole quad; returns where the quad goes on. */
MCUF_INLINE const int8_t *fully_connected_s8_dsp_four(uint32_t *sums, uint32_t x, const int8_t *w) {
  const uint32_t even = mcuf_even_bytes(x), odd = mcuf_odd_bytes(x);
  const mcuf_two_words low = mcuf_take_8(w), high = mcuf_take_8(low.next);
  sums[0] = mcuf_multiply_four(low.first, even, odd, sums[0]);
  sums[1] = mcuf_multiply_four(low.second, even, odd, sums[1]);
  sums[2] = mcuf_multiply_four(high.first, even, odd, sums[2]);
  sums[3] = mcuf_multiply_four(high.second, even, odd, sums[3]);
  return high.next;
}

/* The `rest` elements behind the last four times those of a channel. */
MCUF_INLINE uint32_t fully_connected_s8_dsp_rest(const int8_t *x, const int8_t *w, int32_t rest, uint32_t sum) {
  const uint32_t word = mcuf_load_rest(x, rest);
  return mcuf_multiply_four(mcuf_load_rest(w, rest), mcuf_even_bytes(word), mcuf_odd_bytes(word), sum);
}

/* Up to seven elements that are left, times those of a whole quad; returns where the next one begins. */
MCUF_INLINE const int8_t *fully_connected_s8_dsp_last(uint32_t *sums, const int8_t *x, int32_t left, const int8_t *w) {
  const int32_t rest = left & 3;
  if (left >= 4) {
    w = fully_connected_s8_dsp_four(sums, mcuf_load_aligned_word(x), w);
    x += 4;
  }
  if (rest != 0) {
    sums[0] = fully_connected_s8_dsp_rest(x, w, rest, sums[0]);
    sums[1] = fully_connected_s8_dsp_rest(x, w + rest, rest, sums[1]);
    sums[2] = fully_connected_s8_dsp_rest(x, w + 2 * rest, rest, sums[2]);
    sums[3] = fully_connected_s8_dsp_rest(x, w + 3 * rest, rest, sums[3]);
  }
  return w + MCUF_QUAD * rest;
}

/* `at`: the channel times the step from one channel's factor to the next. */
MCUF_INLINE int32_t fully_connected_s8_dsp_finish(const mcuf_requantization *to, uint32_t sum, int32_t at) {
  return mcuf_requantize_either_s8(sum, to->multiplier[at], to->shift[at], 2 * to->offset + 1);
}

/* Whole quads. */
static void fully_connected_s8_dsp_quads(const mcuf_fully_connected_params *params, const int8_t *input,
                                         const int8_t *w, const int32_t *bias, int8_t *output) {
  const mcuf_requantization *to = &params->output;
  const int8_t *const end = input + params->depth;
  const int8_t *const end_of_eights = input + (params->depth & ~7);
  const int32_t channels = params->channels & ~3;
  for (int32_t channel = 0; channel < channels; channel += MCUF_QUAD) {
    uint32_t sums[] = {(uint32_t)bias[channel], (uint32_t)bias[channel + 1], (uint32_t)bias[channel + 2],
                       (uint32_t)bias[channel + 3]};
    const int8_t *x = input;
    while (x != end_of_eights) {
      const mcuf_two_words words = mcuf_take_8(x);
      w = fully_connected_s8_dsp_four(sums, words.first, w);
      w = fully_connected_s8_dsp_four(sums, words.second, w);
      x = words.next;
    }
    if (x != end) {
      w = fully_connected_s8_dsp_last(sums, x, (int32_t)(end - x), w);
    }
    const int32_t step = to->step, at = channel * step;
    const int32_t first = fully_connected_s8_dsp_finish(to, sums[0], at);
    const int32_t second = fully_connected_s8_dsp_finish(to, sums[1], at + step);
    const int32_t third = fully_connected_s8_dsp_finish(to, sums[2], at + 2 * step);
    const int32_t fourth = fully_connected_s8_dsp_finish(to, sums[3], at + 3 * step);
    output[channel] = (int8_t)first;
    output[channel + 1] = (int8_t)second;
    output[channel + 2] = (int8_t)third;
    output[channel + 3] = (int8_t)fourth;
  }
}

/* A channel of the last quad, which has `lanes` and begins at `w`. */
static void fully_connected_s8_dsp_single(const mcuf_fully_connected_params *params, const int8_t *input,
                                          const int8_t *w, int32_t lanes, int32_t lane, const int32_t *bias,
                                          int8_t *output) {
  const mcuf_requantization *to = &params->output;
  const int32_t rest = params->depth & 3, channel = params->channels - lanes + lane;
  const int8_t *const end = input + (params->depth - rest);
  uint32_t sum = (uint32_t)bias[channel];
  w += 4 * lane;
  for (const int8_t *x = input; x != end; x += 4, w += 4 * lanes) {
    const uint32_t word = mcuf_load_word(x);
    sum = mcuf_multiply_four(mcuf_load_aligned_word(w), mcuf_even_bytes(word), mcuf_odd_bytes(word), sum);
  }
  if (rest != 0) {
    sum = fully_connected_s8_dsp_rest(end, w + lane * (rest - 4), rest, sum);
  }
  output[channel] = (int8_t)fully_connected_s8_dsp_finish(to, sum, channel * to->step);
}

void MCUF_FN(fully_connected_s8_dsp)(const mcuf_fully_connected_params *params, const int8_t *input,
                                     const int8_t *weights, const int32_t *bias, int8_t *output) {
  const int32_t lanes = params->channels & 3;
  const int8_t *const last = weights + (params->channels - lanes) * params->depth;
  fully_connected_s8_dsp_quads(params, input, weights, bias, output);
  for (int32_t lane = 0; lane < lanes; ++lane) {
    fully_connected_s8_dsp_single(params, input, last, lanes, lane, bias, output);
  }
  mcuf_clamp_run_s8(&params->output, output, params->channels);
}
