/*
 * Weights of float16, kept as their bits and converted where they are read. Exact: every float16 is a float32, the
 * subnormal ones, infinities and NaN included.
 */
#ifndef MCUFORGE_FLOAT16_H
#define MCUFORGE_FLOAT16_H

#include <stdint.h>
#include <string.h>

static inline float mcuf_float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/*
 * Every FPU of a Cortex-M converts float16, whatever the compiler says in __ARM_FP: it is part of FPv4-SP. (In the IEEE
 * format, unless a program sets FPSCR.AHP.)
 */
#if defined(__GNUC__) && defined(__ARM_FP) && defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'

/* The float16 in the lower and in the upper half of a word. */
static inline float mcuf_low_f16(uint32_t word) {
  float value;
  __asm__("vcvtb.f32.f16 %0, %1" : "=t"(value) : "t"(mcuf_float_of_bits(word)));
  return value;
}

static inline float mcuf_high_f16(uint32_t word) {
  float value;
  __asm__("vcvtt.f32.f16 %0, %1" : "=t"(value) : "t"(mcuf_float_of_bits(word)));
  return value;
}

#else

/* Flushing subnormal float32 to zero, as some start-up code has it, changes nothing: none occurs. */
static inline float mcuf_low_f16(uint32_t word) {
  const uint32_t sign = (word & 0x8000u) << 16;
  const uint32_t exponent = (word & 0x7C00u) << 13;
  const uint32_t fraction = (word & 0x03FFu) << 13;
  if (exponent == 0) {
    const float magnitude = (float)(int32_t)(word & 0x03FFu) * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  const uint32_t rebias = exponent == 0x7C00u << 13 ? 224u << 23 : 112u << 23;
  return mcuf_float_of_bits(sign | (exponent + rebias) | fraction);
}

static inline float mcuf_high_f16(uint32_t word) { return mcuf_low_f16(word >> 16); }

#endif

#endif
