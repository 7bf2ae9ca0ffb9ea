#include "mcuforge/squared_difference.h"

static inline int8_t squared_difference_s8_element(const mcuf_common_scale_params *params, int32_t x1, int32_t x2) {
  const int32_t scaled1 = mcuf_common_scale1(params, x1, MCUF_SQUARED_DIFFERENCE_S8_HEADROOM);
  const int32_t scaled2 = mcuf_common_scale2(params, x2, MCUF_SQUARED_DIFFERENCE_S8_HEADROOM);
  const int32_t difference = scaled1 - scaled2;
  return (int8_t)mcuf_common_scale_output(params, mcuf_multiply_wrapping(difference, difference));
}

MCUF_DEFINE_BINARY(squared_difference_s8, mcuf_common_scale_params, int8_t, int8_t,
                   squared_difference_s8_element)
