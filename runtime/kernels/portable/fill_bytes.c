#include <string.h>

#include "mcuforge/copy.h"

void MCUF_FN(fill_bytes)(const mcuf_fill_bytes_params *params, void *output) {
  memset(output, params->value, (size_t)params->bytes);
}
