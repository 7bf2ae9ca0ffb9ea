#include "mcuforge/fully_connected.h"
#include "mcuforge/quads_s8.h"

/* The elements of the depth behind the last four, times channels that lie `rest` weights apart. */
static inline void fully_connected_s8_dsp_rest(uint32_t *sums, const int8_t *x, const int8_t *w, int32_t rest,
                                               int32_t lanes) {
  const uint32_t word = mcuf_load_rest(x, rest);
  const uint32_t even = mcuf_even_bytes(word), odd = mcuf_odd_bytes(word);
  for (int32_t lane = 0; lane < lanes; ++lane) {
    sums[lane] = mcuf_multiply_four(mcuf_load_rest(w + lane * rest, rest), even, odd, sums[lane]);
  }
}

static void fully_connected_s8_dsp_whole(uint32_t *result, const int8_t *x, const int8_t *w, int32_t depth) {
  uint32_t sums[MCUF_QUAD] = {0};
  const int32_t rest = depth % 4;
  for (const int8_t *const end = x + (depth - rest); x != end; x += 4, w += 4 * MCUF_QUAD) {
    const uint32_t word = mcuf_load_word(x);
    const uint32_t even = mcuf_even_bytes(word), odd = mcuf_odd_bytes(word);
    const uint32_t w0 = mcuf_load_aligned_word(w), w1 = mcuf_load_aligned_word(w + 4);
    const uint32_t w2 = mcuf_load_aligned_word(w + 8), w3 = mcuf_load_aligned_word(w + 12);
    sums[0] = mcuf_multiply_four(w0, even, odd, sums[0]);
    sums[1] = mcuf_multiply_four(w1, even, odd, sums[1]);
    sums[2] = mcuf_multiply_four(w2, even, odd, sums[2]);
    sums[3] = mcuf_multiply_four(w3, even, odd, sums[3]);
  }
  for (int32_t lane = 0; lane < MCUF_QUAD; ++lane) {
    result[lane] = sums[lane];
  }
  if (rest != 0) {
    fully_connected_s8_dsp_rest(result, x, w, rest, MCUF_QUAD);
  }
}

/* The last quad, which has only `lanes`. */
static void fully_connected_s8_dsp_part(uint32_t *sums, const int8_t *x, const int8_t *w, int32_t depth,
                                        int32_t lanes) {
  const int32_t rest = depth % 4;
  for (int32_t lane = 0; lane < lanes; ++lane) {
    sums[lane] = 0;
  }
  for (const int8_t *const end = x + (depth - rest); x != end; x += 4) {
    const uint32_t word = mcuf_load_word(x);
    const uint32_t even = mcuf_even_bytes(word), odd = mcuf_odd_bytes(word);
    for (int32_t lane = 0; lane < lanes; ++lane, w += 4) {
      sums[lane] = mcuf_multiply_four(mcuf_load_aligned_word(w), even, odd, sums[lane]);
    }
  }
  if (rest != 0) {
    fully_connected_s8_dsp_rest(sums, x, w, rest, lanes);
  }
}

static void fully_connected_s8_dsp_row(const mcuf_fully_connected_params *params, const int8_t *input,
                                       const int8_t *weights, const int32_t *bias, int8_t *output) {
  const mcuf_requantization *to = &params->output;
  const int32_t rounding = 2 * to->offset + 1;
  for (int32_t channel = 0; channel < params->channels; channel += MCUF_QUAD) {
    const int32_t left = params->channels - channel;
    const int32_t lanes = left < MCUF_QUAD ? left : MCUF_QUAD;
    uint32_t sums[MCUF_QUAD];
    if (lanes == MCUF_QUAD) {
      fully_connected_s8_dsp_whole(sums, input, weights, params->depth);
    } else {
      fully_connected_s8_dsp_part(sums, input, weights, params->depth, lanes);
    }
    weights += lanes * params->depth;
    for (int32_t lane = 0; lane < lanes; ++lane) {
      const int32_t at = (channel + lane) * to->step;
      const uint32_t start = (uint32_t)bias[channel + lane];
      output[channel + lane] = mcuf_requantize_either_s8(start + sums[lane], to->multiplier[at], to->shift[at], rounding);
    }
  }
  mcuf_clamp_run_s8(to, output, params->channels);
}

void MCUF_FN(fully_connected_s8_dsp)(const mcuf_fully_connected_params *params, const int8_t *input,
                                     const int8_t *weights, const int32_t *bias, int8_t *output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    fully_connected_s8_dsp_row(params, input, weights, bias, output);
    input += params->depth;
    output += params->channels;
  }
}
