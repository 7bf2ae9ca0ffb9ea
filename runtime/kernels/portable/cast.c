#include "mcuforge/cast.h"

/* Floats that do not fit saturate, and NaN is 0. `limit` is the greatest integer plus 1, `least` the least one. */
static inline int32_t cast_f32_signed(float x, int32_t least, float limit) {
  if (x >= limit) {
    return -(least + 1);
  }
  return x > (float)least ? (int32_t)x : (x <= (float)least ? least : 0);
}

static inline uint32_t cast_f32_unsigned(float x) {
  return x >= 4294967296.0f ? UINT32_MAX : (x > 0.0f ? (uint32_t)x : 0u);
}

/* Inputs are read as `read_type`: bytes instead of bool, which C does not let hold other values than 0 and 1. */
#define DEFINE_CAST(from, from_type, read_type, to, to_type, expression)                                         \
  void MCUF_FN(cast_##from##_##to)(const mcuf_cast_params *params, const from_type *input, to_type *output) {    \
    const read_type *const elements = (const read_type *)input;                                                  \
    for (int32_t i = 0; i < params->count; ++i) {                                                                \
      const read_type x = elements[i];                                                                           \
      output[i] = (to_type)(expression);                                                                         \
    }                                                                                                            \
  }

DEFINE_CAST(s8, int8_t, int8_t, s16, int16_t, x)
DEFINE_CAST(s8, int8_t, int8_t, s32, int32_t, x)
DEFINE_CAST(s8, int8_t, int8_t, u32, uint32_t, x)
DEFINE_CAST(s8, int8_t, int8_t, bool, bool, x != 0)
DEFINE_CAST(s8, int8_t, int8_t, f32, float, x)
DEFINE_CAST(s16, int16_t, int16_t, s8, int8_t, x)
DEFINE_CAST(s16, int16_t, int16_t, s32, int32_t, x)
DEFINE_CAST(s16, int16_t, int16_t, u32, uint32_t, x)
DEFINE_CAST(s16, int16_t, int16_t, bool, bool, x != 0)
DEFINE_CAST(s16, int16_t, int16_t, f32, float, x)
DEFINE_CAST(s32, int32_t, int32_t, s8, int8_t, x)
DEFINE_CAST(s32, int32_t, int32_t, s16, int16_t, x)
DEFINE_CAST(s32, int32_t, int32_t, bool, bool, x != 0)
DEFINE_CAST(s32, int32_t, int32_t, f32, float, x)
DEFINE_CAST(u32, uint32_t, uint32_t, s8, int8_t, x)
DEFINE_CAST(u32, uint32_t, uint32_t, s16, int16_t, x)
DEFINE_CAST(u32, uint32_t, uint32_t, bool, bool, x != 0)
DEFINE_CAST(u32, uint32_t, uint32_t, f32, float, x)
DEFINE_CAST(bool, bool, unsigned char, s8, int8_t, x != 0)
DEFINE_CAST(bool, bool, unsigned char, s16, int16_t, x != 0)
DEFINE_CAST(bool, bool, unsigned char, s32, int32_t, x != 0)
DEFINE_CAST(bool, bool, unsigned char, u32, uint32_t, x != 0)
DEFINE_CAST(bool, bool, unsigned char, f32, float, x != 0)
DEFINE_CAST(f32, float, float, s8, int8_t, cast_f32_signed(x, INT8_MIN, 128.0f))
DEFINE_CAST(f32, float, float, s16, int16_t, cast_f32_signed(x, INT16_MIN, 32768.0f))
DEFINE_CAST(f32, float, float, s32, int32_t, cast_f32_signed(x, INT32_MIN, 2147483648.0f))
DEFINE_CAST(f32, float, float, u32, uint32_t, cast_f32_unsigned(x))
DEFINE_CAST(f32, float, float, bool, bool, x < 0.0f || !(x <= 0.0f))

#undef DEFINE_CAST
