/*
 * The instructions of Arm's DSP extension that fast kernels are made of, and the same in C where the core has none:
 * those kernels are exact everywhere, and fast on a core with the extension. A word holds two int16 or four int8, the
 * lowest first; sums wrap.
 */
#ifndef MCUFORGE_ARM_DSP_H
#define MCUFORGE_ARM_DSP_H

#include <stdint.h>
#include <string.h>

/* Functions that have to be inlined to be fast however large they are, and others that shall exist once. */
#if defined(__GNUC__)
#define MCUF_INLINE static inline __attribute__((always_inline))
#define MCUF_ONCE static __attribute__((noinline, unused))
#else
#define MCUF_INLINE static inline
#define MCUF_ONCE static inline
#endif

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP == 1

#define MCUF_ARM_DSP_BINARY(name, instruction)                                           \
  static inline uint32_t name(uint32_t a, uint32_t b) {                                  \
    uint32_t result;                                                                     \
    __asm__(instruction : "=r"(result) : "r"(a), "r"(b));                                \
    return result;                                                                       \
  }

/* The halves of `a` plus bytes 0 and 2 of `b`; bytes 1 and 3. */
MCUF_ARM_DSP_BINARY(mcuf_add_even_bytes, "sxtab16 %0, %1, %2")
MCUF_ARM_DSP_BINARY(mcuf_add_odd_bytes, "sxtab16 %0, %1, %2, ror #8")

/* round(a * b / 2^32), ties upwards, of signed numbers. */
MCUF_ARM_DSP_BINARY(mcuf_multiply_high, "smmulr %0, %1, %2")

static inline uint32_t mcuf_even_bytes(uint32_t word) {
  uint32_t result;
  __asm__("sxtb16 %0, %1" : "=r"(result) : "r"(word));
  return result;
}

static inline uint32_t mcuf_odd_bytes(uint32_t word) {
  uint32_t result;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(word));
  return result;
}

#define MCUF_ARM_DSP_SUM(name, instruction)                             \
  static inline uint32_t name(uint32_t a, uint32_t b, uint32_t sum) {   \
    uint32_t result;                                                    \
    __asm__(instruction : "=r"(result) : "r"(a), "r"(b), "r"(sum));     \
    return result;                                                      \
  }

/* sum + a.low * b.low, sum + a.high * b.high, and both. */
MCUF_ARM_DSP_SUM(mcuf_multiply_low, "smlabb %0, %1, %2, %3")
MCUF_ARM_DSP_SUM(mcuf_multiply_top, "smlatt %0, %1, %2, %3")
MCUF_ARM_DSP_SUM(mcuf_multiply_halves, "smlad %0, %1, %2, %3")

static inline int8_t mcuf_saturate_s8(int32_t value) {
  int32_t result;
  __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(value));
  return (int8_t)result;
}

#else

static inline uint32_t mcuf_halves(uint32_t low, uint32_t high) { return (low & 0xFFFFu) | high << 16; }

static inline uint32_t mcuf_byte_of(uint32_t word, int32_t at) { return (uint32_t)(int8_t)(word >> (8 * at)); }

static inline uint32_t mcuf_add_even_bytes(uint32_t a, uint32_t b) {
  return mcuf_halves(a + mcuf_byte_of(b, 0), (a >> 16) + mcuf_byte_of(b, 2));
}

static inline uint32_t mcuf_add_odd_bytes(uint32_t a, uint32_t b) {
  return mcuf_halves(a + mcuf_byte_of(b, 1), (a >> 16) + mcuf_byte_of(b, 3));
}

static inline uint32_t mcuf_multiply_high(uint32_t a, uint32_t b) {
  return (uint32_t)(((int64_t)(int32_t)a * (int32_t)b + ((int64_t)1 << 31)) >> 32);
}

static inline uint32_t mcuf_even_bytes(uint32_t word) { return mcuf_add_even_bytes(0, word); }

static inline uint32_t mcuf_odd_bytes(uint32_t word) { return mcuf_add_odd_bytes(0, word); }

static inline uint32_t mcuf_multiply_low(uint32_t a, uint32_t b, uint32_t sum) {
  return sum + (uint32_t)((int16_t)a * (int16_t)b);
}

static inline uint32_t mcuf_multiply_top(uint32_t a, uint32_t b, uint32_t sum) {
  return mcuf_multiply_low(a >> 16, b >> 16, sum);
}

static inline uint32_t mcuf_multiply_halves(uint32_t a, uint32_t b, uint32_t sum) {
  return mcuf_multiply_top(a, b, mcuf_multiply_low(a, b, sum));
}

static inline int8_t mcuf_saturate_s8(int32_t value) {
  return (int8_t)(value < INT8_MIN ? INT8_MIN : value > INT8_MAX ? INT8_MAX : value);
}

#endif

static inline uint32_t mcuf_both_halves(int32_t value) {
  return ((uint32_t)value & 0xFFFFu) | (uint32_t)value << 16;
}

/* Four int8 from wherever they lie: one instruction on cores that load unaligned words. */
static inline uint32_t mcuf_load_word(const int8_t *from) {
  uint32_t word;
  memcpy(&word, from, sizeof word);
  return word;
}

/* From a multiple of four bytes: neighbouring loads may then become one of two words. */
static inline uint32_t mcuf_load_aligned_word(const int8_t *from) {
#if defined(__GNUC__)
  return mcuf_load_word(__builtin_assume_aligned(from, 4));
#else
  return mcuf_load_word(from);
#endif
}

/* `count` elements, 1 to 3, and zeros. At least four lie before the end of these, and the load stays among them. */
static inline uint32_t mcuf_load_rest(const int8_t *from, int32_t count) {
  return mcuf_load_word(from + count - 4) >> (32 - 8 * count);
}

#endif
