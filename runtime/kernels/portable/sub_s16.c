#include "mcuforge/sub.h"

static inline int16_t sub_s16_element(const mcuf_common_scale_params *params, int32_t x1, int32_t x2) {
  const int32_t difference =
      mcuf_common_scale1(params, x1, MCUF_SUB_S16_HEADROOM) - mcuf_common_scale2(params, x2, MCUF_SUB_S16_HEADROOM);
  return (int16_t)mcuf_common_scale_output(params, difference);
}

MCUF_DEFINE_BINARY(sub_s16, mcuf_common_scale_params, int16_t, int16_t, sub_s16_element)
