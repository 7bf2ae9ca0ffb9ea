#include "mcuforge/broadcast_args.h"

void MCUF_FN(broadcast_args_s64)(const mcuf_broadcast_args_params *params, const int64_t *shape1,
                                 const int64_t *shape2, int64_t *output) {
  const int32_t count = params->count1 > params->count2 ? params->count1 : params->count2;
  for (int32_t i = 0; i < count; ++i) {
    const int32_t at1 = i + params->count1 - count;
    const int32_t at2 = i + params->count2 - count;
    const int64_t size1 = at1 < 0 ? 1 : shape1[at1];
    const int64_t size2 = at2 < 0 ? 1 : shape2[at2];
    output[i] = size1 == 1 ? size2 : size1;
  }
}
