#include "mcuforge/logical.h"

/* Bytes, not bools: other values than 0 and 1 are true, and C does not let them be read as bool. */
void MCUF_FN(logical_not_bool)(const mcuf_logical_not_params *params, const bool *input, bool *output) {
  const unsigned char *const bytes = (const unsigned char *)input;
  for (int32_t i = 0; i < params->count; ++i) {
    output[i] = bytes[i] == 0;
  }
}
