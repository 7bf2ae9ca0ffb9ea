#include "mcuforge/fixed_point.h"
#include "mcuforge/squared_difference.h"

static inline int32_t squared_difference_s32_element(const mcuf_binary_params *params, int32_t x1, int32_t x2) {
  const int32_t difference = mcuf_subtract_wrapping(x1, x2);
  (void)params;
  return mcuf_multiply_wrapping(difference, difference);
}

MCUF_DEFINE_BINARY(squared_difference_s32, mcuf_binary_params, int32_t, int32_t, squared_difference_s32_element)
