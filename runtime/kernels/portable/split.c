#include <string.h>

#include "mcuforge/split.h"

void MCUF_FN(split)(const mcuf_split_params *params, const void *input, void *const *outputs) {
  const uint8_t *from = input;
  for (int32_t row = 0; row < params->rows; ++row) {
    for (int32_t i = 0; i < params->count; ++i) {
      const int32_t bytes = params->run_bytes[i];
      memcpy((uint8_t *)outputs[i] + row * bytes, from, (size_t)bytes);
      from += bytes;
    }
  }
}
