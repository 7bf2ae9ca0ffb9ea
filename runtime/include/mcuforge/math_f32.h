/*
 * exp, log, sin and cos of float32 as glibc (2.28 and later) computes them, so that a device agrees with TFLM on a host
 * whatever its C library does. The algorithms and coefficients are those of Arm's optimized routines: argument reduction
 * and a short polynomial in double, rounded once at the end; errors stay below 0.52, 0.82, 0.56 and 0.56 ULP. Where
 * glibc fuses multiplications and additions, about one result in 10^8 differs from these by 1 ULP.
 */
#ifndef MCUFORGE_MATH_F32_H
#define MCUFORGE_MATH_F32_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t mcuf_bits_of_f32(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float mcuf_f32_of_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline double mcuf_f64_of_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

#define MCUF_EXP_STEPS 32 /* of a power of two */

/* exp(x) = 2^(k / 32) * 2^(r / 32): the power from a table and the exponent's bits, the rest a polynomial of degree 3. */
static inline float mcuf_expf(float x) {
  /* The bits of 2^(i / 32), less i in the place where k adds it. */
  static const uint64_t powers[MCUF_EXP_STEPS] = {
      0x3ff0000000000000u, 0x3fefd9b0d3158574u, 0x3fefb5586cf9890fu, 0x3fef9301d0125b51u, 0x3fef72b83c7d517bu,
      0x3fef54873168b9aau, 0x3fef387a6e756238u, 0x3fef1e9df51fdee1u, 0x3fef06fe0a31b715u, 0x3feef1a7373aa9cbu,
      0x3feedea64c123422u, 0x3feece086061892du, 0x3feebfdad5362a27u, 0x3feeb42b569d4f82u, 0x3feeab07dd485429u,
      0x3feea47eb03a5585u, 0x3feea09e667f3bcdu, 0x3fee9f75e8ec5f74u, 0x3feea11473eb0187u, 0x3feea589994cce13u,
      0x3feeace5422aa0dbu, 0x3feeb737b0cdc5e5u, 0x3feec49182a3f090u, 0x3feed503b23e255du, 0x3feee89f995ad3adu,
      0x3feeff76f2fb5e47u, 0x3fef199bdd85529cu, 0x3fef3720dcef9069u, 0x3fef5818dcfba487u, 0x3fef7c97337b9b5fu,
      0x3fefa4afa2a490dau, 0x3fefd0765b6e4540u};
  static const double steps_per_e = 0x1.71547652b82fep+0 * MCUF_EXP_STEPS;
  static const double cubic = 0x1.c6af84b912394p-5 / MCUF_EXP_STEPS / MCUF_EXP_STEPS / MCUF_EXP_STEPS;
  static const double square = 0x1.ebfce50fac4f3p-3 / MCUF_EXP_STEPS / MCUF_EXP_STEPS;
  static const double linear = 0x1.62e42ff0c52d6p-1 / MCUF_EXP_STEPS;
  if (isnan(x)) {
    return x;
  }
  if (x > 0x1.62e42ep6f) {
    return INFINITY;
  }
  if (x < -0x1.9fe368p6f) {
    return 0.0f;
  }
  const double steps = steps_per_e * (double)x;
  const int32_t k = (int32_t)(steps + (steps < 0.0 ? -0.5 : 0.5));
  const double r = steps - (double)k;
  const uint32_t row = (uint32_t)k % MCUF_EXP_STEPS;
  const double power = mcuf_f64_of_bits(powers[row] + ((uint64_t)(int64_t)k << (52 - 5)));
  const double r2 = r * r;
  const double y = (cubic * r + square) * r2 + (linear * r + 1.0);
  return (float)(y * power);
}

/* log(x) = k log(2) + log(c) + log(z / c), where x = 2^k z and c is the middle of one of 16 parts of z's range. */
static inline float mcuf_logf(float x) {
  static const struct {
    double inverse;
    double log;
  } parts[16] = {{0x1.661ec79f8f3bep+0, -0x1.57bf7808caadep-2}, {0x1.571ed4aaf883dp+0, -0x1.2bef0a7c06ddbp-2},
                 {0x1.49539f0f010bp+0, -0x1.01eae7f513a67p-2},  {0x1.3c995b0b80385p+0, -0x1.b31d8a68224e9p-3},
                 {0x1.30d190c8864a5p+0, -0x1.6574f0ac07758p-3}, {0x1.25e227b0b8eap+0, -0x1.1aa2bc79c81p-3},
                 {0x1.1bb4a4a1a343fp+0, -0x1.a4e76ce8c0e5ep-4}, {0x1.12358f08ae5bap+0, -0x1.1973c5a611cccp-4},
                 {0x1.0953f419900a7p+0, -0x1.252f438e10c1ep-5}, {0x1p+0, 0x0p+0},
                 {0x1.e608cfd9a47acp-1, 0x1.aa5aa5df25984p-5},  {0x1.ca4b31f026aap-1, 0x1.c5e53aa362eb4p-4},
                 {0x1.b2036576afce6p-1, 0x1.526e57720db08p-3},  {0x1.9c2d163a1aa2dp-1, 0x1.bc2860d22477p-3},
                 {0x1.886e6037841edp-1, 0x1.1058bc8a07ee1p-2},  {0x1.767dcf5534862p-1, 0x1.4043057b6ee09p-2}};
  static const double log2 = 0x1.62e42fefa39efp-1;
  if (!(x > 0.0f) || isinf(x)) {
    return x < 0.0f || isnan(x) ? NAN : (x > 0.0f ? x : -INFINITY);
  }
  /* A subnormal number is made normal first. */
  const int32_t raised = x < 0x1p-126f ? 23 : 0;
  const uint32_t bits = mcuf_bits_of_f32(raised != 0 ? x * 0x1p23f : x) - ((uint32_t)raised << 23);
  const uint32_t above = bits - 0x3f330000u; /* z from about 0.7 to 1.4 */
  const uint32_t part = (above >> 19) % 16u;
  const int32_t k = (int32_t)above >> 23;
  const double z = (double)mcuf_f32_of_bits(bits - (above & 0xff800000u));
  const double r = z * parts[part].inverse - 1.0;
  const double whole = parts[part].log + (double)k * log2;
  const double r2 = r * r;
  const double y = -0x1.00ea348b88334p-2 * r2 + (0x1.5575b0be00b6ap-2 * r + -0x1.ffffef20a4123p-2);
  return (float)(y * r2 + (whole + r));
}

/* sin(x) for |x| <= pi / 4, a polynomial of degree 7. */
static inline double mcuf_sin_near_zero(double x, double x2) {
  const double x3 = x * x2;
  return (x + x3 * -0x1.555545995a603p-3) + x3 * x2 * (0x1.1107605230bc4p-7 + x2 * -0x1.994eb3774cf24p-13);
}

/* cos(x) of x squared, |x| <= pi / 4, a polynomial of degree 8. */
static inline double mcuf_cos_near_zero(double x2) {
  const double x4 = x2 * x2;
  const double low = 0x1p0 + x2 * -0x1.ffffffd0c621cp-2;
  const double high = -0x1.6c087e89a359dp-10 + x2 * 0x1.99343027bf8c3p-16;
  return (low + x4 * 0x1.55553e1068f19p-5) + x4 * x2 * high;
}

/* |x| less `quadrant` times pi / 2, in [-pi / 4, pi / 4], for |x| >= 120: x times 4 / pi in 96 bits of fixed point. */
static inline double mcuf_reduce_large(uint32_t bits, uint32_t *quadrant) {
  /* 4 / pi, after three bytes of zero. */
  static const uint8_t digits[27] = {0x00, 0x00, 0x00, 0xa2, 0xf9, 0x83, 0x6e, 0x4e, 0x44, 0x15, 0x29, 0xfc, 0x27, 0x57,
                                     0xd1, 0xf5, 0x34, 0xdd, 0xc0, 0xdb, 0x62, 0x95, 0x99, 0x3c, 0x43, 0x90, 0x41};
  const uint8_t *const first = digits + ((bits >> 26) & 15u);
  const uint32_t x = ((bits & 0x7fffffu) | 0x800000u) << ((bits >> 23) & 7u);
  uint32_t words[3];
  for (int32_t i = 0; i < 3; ++i) {
    const uint8_t *const at = first + 4 * i;
    words[i] = ((uint32_t)at[0] << 24) | ((uint32_t)at[1] << 16) | ((uint32_t)at[2] << 8) | at[3];
  }
  const uint64_t high = (uint64_t)(x * words[0]) << 32;
  const uint64_t product = (high | (((uint64_t)x * words[2]) >> 32)) + (uint64_t)x * words[1];
  const uint64_t quarters = (product + ((uint64_t)1 << 61)) >> 62;
  *quadrant = (uint32_t)quarters;
  return (double)(int64_t)(product - (quarters << 62)) * 0x1.921fb54442d18p-62;
}

/* x less `quadrant` times pi / 2, in [-pi / 4, pi / 4]; x is finite. */
static inline double mcuf_reduce(float x, uint32_t *quadrant) {
  const uint32_t bits = mcuf_bits_of_f32(x);
  if (fabsf(x) < 120.0f) {
    const double scaled = (double)x * 0x1.45f306dc9c883p+23; /* 2^24 for a quarter turn */
    const int32_t quarters = ((int32_t)scaled + 0x800000) >> 24;
    *quadrant = (uint32_t)quarters;
    return (double)x - (double)quarters * 0x1.921fb54442d18p0;
  }
  const double reduced = mcuf_reduce_large(bits, quadrant);
  if ((bits >> 31) == 0) {
    return reduced;
  }
  *quadrant = 0u - *quadrant;
  return -reduced;
}

/* sin(x + quadrant * pi / 2), |x| <= pi / 4. */
static inline float mcuf_sin_in_quadrant(double x, uint32_t quadrant) {
  const double x2 = x * x;
  const double y = (quadrant & 1u) != 0u ? mcuf_cos_near_zero(x2) : mcuf_sin_near_zero(x, x2);
  return (float)((quadrant & 2u) != 0u ? -y : y);
}

static inline float mcuf_sinf(float x) {
  uint32_t quadrant = 0;
  if (!isfinite(x)) {
    return NAN;
  }
  if (fabsf(x) < 0x1p-12f) {
    return x;
  }
  const double reduced = fabsf(x) < 0x1.9p-1f ? (double)x : mcuf_reduce(x, &quadrant);
  return mcuf_sin_in_quadrant(reduced, quadrant);
}

static inline float mcuf_cosf(float x) {
  uint32_t quadrant = 0;
  if (!isfinite(x)) {
    return NAN;
  }
  if (fabsf(x) < 0x1p-12f) {
    return 1.0f;
  }
  const double reduced = fabsf(x) < 0x1.9p-1f ? (double)x : mcuf_reduce(x, &quadrant);
  return mcuf_sin_in_quadrant(reduced, quadrant + 1u);
}

#endif
