#include <stddef.h>
#include <string.h>

#include "mcuforge/concatenation.h"

void MCUF_FN(concatenation)(const mcuf_concatenation_params *params, const void *const *inputs, void *output) {
  unsigned char *to = output;
  for (int32_t row = 0; row < params->rows; ++row) {
    for (int32_t i = 0; i < params->inputs; ++i) {
      const size_t bytes = (size_t)params->run_bytes[i];
      memcpy(to, (const unsigned char *)inputs[i] + (size_t)row * bytes, bytes);
      to += bytes;
    }
  }
}
