#include <string.h>

#include "mcuforge/copy.h"

void MCUF_FN(copy)(const mcuf_copy_params *params, const void *input, void *output) {
  memcpy(output, input, (size_t)params->bytes);
}
