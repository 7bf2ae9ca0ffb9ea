#include <string.h>

#include "mcuforge/clamp_index.h"
#include "mcuforge/gather.h"

void MCUF_FN(gather)(const mcuf_gather_params *params, const void *values, const int32_t *indices, void *output) {
  const uint8_t *from = values;
  uint8_t *to = output;
  for (int32_t batch = 0; batch < params->batches; ++batch) {
    for (int32_t outer = 0; outer < params->outer; ++outer) {
      for (int32_t i = 0; i < params->count; ++i) {
        memcpy(to, from + mcuf_clamp_index(indices[i], params->greatest) * params->row, (size_t)params->row);
        to += params->row;
      }
      from += (params->greatest + 1) * params->row;
    }
    indices += params->count;
  }
}
