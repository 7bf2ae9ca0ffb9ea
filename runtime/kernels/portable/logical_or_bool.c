#include "mcuforge/logical.h"

/* Bytes, not bools: other values than 0 and 1 are true, and C does not let them be read as bool. */
static inline bool logical_or_bool_element(const mcuf_binary_params *params, unsigned char x1, unsigned char x2) {
  (void)params;
  return x1 != 0 || x2 != 0;
}

MCUF_DEFINE_BINARY_AS(logical_or_bool, mcuf_binary_params, bool, unsigned char, bool, logical_or_bool_element)
