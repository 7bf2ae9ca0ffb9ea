/*
 * The instructions of Arm's DSP extension that fast kernels are made of, and the same in C where the core has none:
 * those kernels are exact everywhere, and fast on a core with the extension. A word holds two int16 or four int8, the
 * lowest first; sums wrap.
 */
#ifndef MCUFORGE_ARM_DSP_H
#define MCUFORGE_ARM_DSP_H

#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the weights are laid out for little-endian cores; generate the model for a board without the DSP extension"
#endif

/* Functions that have to be inlined to be fast, however large they are; that shall exist once; and that are once, and
 * hardly ever called. */
#if defined(__GNUC__)
#define MCUF_INLINE static inline __attribute__((always_inline))
#define MCUF_ONCE static __attribute__((noinline, unused))
#define MCUF_SELDOM static __attribute__((noinline, unused, cold))
/* No load passes it: were all made at once, there would not be enough registers. */
#define MCUF_KEEP_ORDER() __asm__ volatile("" ::: "memory")
#else
#define MCUF_INLINE static inline
#define MCUF_ONCE static inline
#define MCUF_SELDOM static inline
#define MCUF_KEEP_ORDER() ((void)0)
#endif

/* Two words from a multiple of four bytes, and where the next ones lie. */
typedef struct {
  uint32_t first;
  uint32_t second;
  const void *next;
} mcuf_two_words;

#if defined(__GNUC__) && defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP == 1

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

/* What a load of two words reads, of whatever type it is. */
typedef struct {
  uint8_t bytes[8];
} mcuf_eight_bytes;

#define MCUF_ARM_DSP_TAKE(name, step)                                 \
  MCUF_INLINE mcuf_two_words name(const void *from) {                 \
    mcuf_two_words words;                                             \
    words.next = from;                                                \
    __asm__("ldrd %0, %1, [%2], #" step                               \
            : "=r"(words.first), "=r"(words.second), "+r"(words.next) \
            : "m"(*(const mcuf_eight_bytes *)from));                  \
    return words;                                                     \
  }

/* The next ones lie 8 or 16 bytes further. */
MCUF_ARM_DSP_TAKE(mcuf_take_8, "8")
MCUF_ARM_DSP_TAKE(mcuf_take_16, "16")

/* The nearest number that an int8 holds; were it one, compilers would extend its sign again. */
static inline int32_t mcuf_saturate_s8(int32_t value) {
  int32_t result;
  __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(value));
  return result;
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

static inline mcuf_two_words mcuf_take_8(const void *from) {
  mcuf_two_words words;
  memcpy(&words.first, from, sizeof words.first);
  memcpy(&words.second, (const uint8_t *)from + 4, sizeof words.second);
  words.next = (const uint8_t *)from + 8;
  return words;
}

static inline mcuf_two_words mcuf_take_16(const void *from) {
  mcuf_two_words words = mcuf_take_8(from);
  words.next = (const uint8_t *)from + 16;
  return words;
}

static inline int32_t mcuf_saturate_s8(int32_t value) {
  return value < INT8_MIN ? INT8_MIN : value > INT8_MAX ? INT8_MAX : value;
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
