/*
 * The logistic function and tanh of integers, interpolated in a table of the logistic function, which the host computes
 * (model/arithmetic/sigmoid.py). Both are symmetric, so the table only holds non-negative arguments: entry i is the
 * value at i / 24, in Q0.16. Arguments count steps of 1 / MCUF_SIGMOID_STEPS; results are Q0.15.
 */
#ifndef MCUFORGE_SIGMOID_S16_H
#define MCUFORGE_SIGMOID_S16_H

#include <stdint.h>

#define MCUF_SIGMOID_STEPS 12288
#define MCUF_SIGMOID_LAST 255

static inline uint32_t mcuf_sigmoid_magnitude(int32_t value) {
  return value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
}

/* Interpolates between entries that lie 2^bits steps apart; the result is Q0.16 with `bits` more fraction bits. */
static inline uint32_t mcuf_sigmoid_between(const uint16_t *table, uint32_t magnitude, uint32_t bits) {
  const uint32_t entry = magnitude >> bits;
  const uint32_t low = table[entry];
  return (low << bits) + (magnitude & ((1u << bits) - 1u)) * (table[entry + 1] - low);
}

static inline int16_t mcuf_logistic_s16(const uint16_t *table, int32_t value) {
  const uint32_t magnitude = mcuf_sigmoid_magnitude(value);
  const uint32_t found = magnitude >> 9 < MCUF_SIGMOID_LAST ? mcuf_sigmoid_between(table, magnitude, 9) : 0x7fffu << 10;
  return (int16_t)((value >= 0 ? found + 512u : (1u << 25) - found + 511u) >> 10);
}

/* 2 * logistic(2 * x) - 1: twice the argument is half the distance between entries. */
static inline int16_t mcuf_tanh_s16(const uint16_t *table, int32_t value) {
  const uint32_t magnitude = mcuf_sigmoid_magnitude(value);
  const uint32_t found = magnitude >> 8 < MCUF_SIGMOID_LAST ? mcuf_sigmoid_between(table, magnitude, 8) : 0xffffu << 8;
  const int32_t centred = (int32_t)found - (1 << 23);
  return (int16_t)((value >= 0 ? centred + 128 : 127 - centred) >> 8);
}

#endif
