/*
 * Two input vectors, widened to int16 once, times weights in quads: what convolution spends its time on.
 *
 * The two are called columns and lie side by side: of every four elements the even and the odd ones of the first
 * column, then those of the second. Elements that fill up the last four meet weights of zero.
 */
#ifndef MCUFORGE_COLUMNS_S8_H
#define MCUFORGE_COLUMNS_S8_H

#include "mcuforge/quads_s8.h"

#define MCUF_COLUMNS_WORDS 4

typedef struct {
  const mcuf_requantization *to;
  const uint32_t *columns;
  const int8_t *weights;
  const int32_t *bias; /* per channel */
  int32_t depth;
  int8_t *output[2]; /* of each column: an element per channel */
} mcuf_columns_work;

/* Writes `count` elements plus an offset, in both halves of `offset`, into one column. Returns where it goes on. */
MCUF_ONCE uint32_t *mcuf_widen_s8(uint32_t *column, const int8_t *x, uint32_t offset, int32_t count) {
  const int32_t rest = count & 3;
  for (const int8_t *const end = x + (count - rest); x != end; x += 4, column += MCUF_COLUMNS_WORDS) {
    const uint32_t word = mcuf_load_word(x);
    column[0] = mcuf_add_even_bytes(offset, word);
    column[1] = mcuf_add_odd_bytes(offset, word);
  }
  if (rest != 0) {
    const uint32_t word = mcuf_load_rest(x, rest);
    column[0] = mcuf_add_even_bytes(offset, word);
    column[1] = mcuf_add_odd_bytes(offset, word);
  }
  return column;
}

/* Four elements of a channel times both columns; sums by column. */
MCUF_INLINE void mcuf_columns_four(uint32_t *sums, mcuf_two_words x0, mcuf_two_words x1, uint32_t weights) {
  const uint32_t even = mcuf_even_bytes(weights), odd = mcuf_odd_bytes(weights);
  sums[0] = mcuf_multiply_halves(even, x0.first, sums[0]);
  sums[1] = mcuf_multiply_halves(even, x1.first, sums[1]);
  sums[0] = mcuf_multiply_halves(odd, x0.second, sums[0]);
  sums[1] = mcuf_multiply_halves(odd, x1.second, sums[1]);
}

/* The sums of a channel, by column, become outputs; `at` is its index times the step from one factor to the next. */
MCUF_INLINE void mcuf_columns_finish(const mcuf_requantization *to, const uint32_t *sums, int32_t at,
                                     int32_t *values) {
  const int32_t multiplier = to->multiplier[at], shift = to->shift[at], rounding = 2 * to->offset + 1;
  values[0] = mcuf_requantize_either_s8(sums[0], multiplier, shift, rounding);
  values[1] = mcuf_requantize_either_s8(sums[1], multiplier, shift, rounding);
}

/* A channel and the next one, in a whole quad, where they are `lane` and the next: they share every load of the
 * columns. `w` is where the words of the first one begin. Outputs are stored last: no load can be kept across a store. */
MCUF_INLINE void mcuf_columns_pair(const mcuf_columns_work *work, const int8_t *w, int32_t lane, int32_t channel) {
  const int32_t rest = work->depth & 3, step = work->to->step, at = channel * step;
  const uint32_t *x = work->columns;
  const uint32_t *const end = x + (work->depth - rest);
  uint32_t first[2] = {(uint32_t)work->bias[channel], (uint32_t)work->bias[channel]};
  uint32_t second[2] = {(uint32_t)work->bias[channel + 1], (uint32_t)work->bias[channel + 1]};
  while (x != end) {
    const mcuf_two_words x0 = mcuf_take_8(x), x1 = mcuf_take_8(x0.next), words = mcuf_take_16(w);
    mcuf_columns_four(first, x0, x1, words.first);
    mcuf_columns_four(second, x0, x1, words.second);
    x = x1.next;
    w = words.next;
  }
  if (rest != 0) {
    const mcuf_two_words x0 = mcuf_take_8(x), x1 = mcuf_take_8(x0.next);
    w += lane * (rest - 4);
    mcuf_columns_four(first, x0, x1, mcuf_load_rest(w, rest));
    mcuf_columns_four(second, x0, x1, mcuf_load_rest(w + rest, rest));
  }
  int32_t values[4];
  mcuf_columns_finish(work->to, first, at, values);
  mcuf_columns_finish(work->to, second, at + step, values + 2);
  int8_t *const output0 = work->output[0] + channel;
  int8_t *const output1 = work->output[1] + channel;
  output0[0] = (int8_t)values[0];
  output1[0] = (int8_t)values[1];
  output0[1] = (int8_t)values[2];
  output1[1] = (int8_t)values[3];
}

/* Channel `lane` of the last quad, which has `lanes`; `w` is where its words begin. */
MCUF_INLINE void mcuf_columns_single(const mcuf_columns_work *work, const int8_t *w, int32_t lane, int32_t lanes,
                                     int32_t channel) {
  const int32_t rest = work->depth & 3;
  const uint32_t *x = work->columns;
  const uint32_t *const end = x + (work->depth - rest);
  uint32_t sums[2] = {(uint32_t)work->bias[channel], (uint32_t)work->bias[channel]};
  for (; x != end; w += 4 * lanes) {
    const mcuf_two_words x0 = mcuf_take_8(x), x1 = mcuf_take_8(x0.next);
    mcuf_columns_four(sums, x0, x1, mcuf_load_aligned_word(w));
    x = x1.next;
  }
  if (rest != 0) {
    const mcuf_two_words x0 = mcuf_take_8(x), x1 = mcuf_take_8(x0.next);
    mcuf_columns_four(sums, x0, x1, mcuf_load_rest(w + lane * (rest - 4), rest));
  }
  int32_t values[2];
  mcuf_columns_finish(work->to, sums, channel * work->to->step, values);
  work->output[0][channel] = (int8_t)values[0];
  work->output[1][channel] = (int8_t)values[1];
}

/* All channels of both columns. */
MCUF_ONCE void mcuf_multiply_columns_s8(const mcuf_columns_work *work, int32_t channels) {
  const int32_t lanes = channels & 3;
  const int8_t *quad = work->weights;
  int32_t channel = 0;
  for (; channel < channels - lanes; channel += MCUF_QUAD, quad += MCUF_QUAD * work->depth) {
    for (int32_t lane = 0; lane < MCUF_QUAD; lane += 2) {
      mcuf_columns_pair(work, quad + 4 * lane, lane, channel + lane);
    }
  }
  for (int32_t lane = 0; lane < lanes; ++lane) {
    mcuf_columns_single(work, quad + 4 * lane, lane, lanes, channel + lane);
  }
  mcuf_clamp_run_s8(work->to, work->output[0], channels);
  mcuf_clamp_run_s8(work->to, work->output[1], channels);
}

#endif
