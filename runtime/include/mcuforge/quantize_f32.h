/* One float to a quantized integer: shared by the kernels that QUANTIZE from float32. */
#ifndef MCUFORGE_QUANTIZE_F32_H
#define MCUFORGE_QUANTIZE_F32_H

#include <math.h>
#include <stdint.h>

#include "mcuforge/quantize.h"

/*
 * round(x / scale) + zero_point, ties away from zero, clamped. Clamped before the conversion to an integer, which is
 * undefined beyond 32 bits; TFLM converts first, so results agree for |x / scale| < 2^31 - 2^16. NaN becomes `least`.
 */
static inline int32_t mcuf_quantize_f32(const mcuf_quantize_params *params, float x, int32_t least, int32_t greatest) {
  const float steps = roundf(x / params->scale);
  if (steps >= (float)(greatest - params->zero_point)) {
    return greatest;
  }
  return steps > (float)(least - params->zero_point) ? (int32_t)steps + params->zero_point : least;
}

#endif
