/*
 * Weights in quads, for the DSP extension: four output channels lie side by side, so that one pointer walks through all
 * of them. For every four elements of the depth a quad holds a word of each channel, and at its end, channel by channel,
 * the one to three elements that are left. The last quad may have fewer channels. The depth is at least 4.
 */
#ifndef MCUFORGE_QUADS_S8_H
#define MCUFORGE_QUADS_S8_H

#include <stddef.h>
#include <stdint.h>

#include "mcuforge/arm_dsp.h"
#include "mcuforge/requantize_narrow.h"

#define MCUF_QUAD 4

/* sum + the products of four weights with the even and the odd elements that they meet. */
static inline uint32_t mcuf_multiply_four(uint32_t weights, uint32_t even, uint32_t odd, uint32_t sum) {
  const uint32_t half = mcuf_multiply_halves(mcuf_even_bytes(weights), even, sum);
  return mcuf_multiply_halves(mcuf_odd_bytes(weights), odd, half);
}

#endif
