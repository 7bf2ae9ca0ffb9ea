#include "mcuforge/compare.h"

/* Bytes, not bools: other values than 0 and 1 are true, and C does not let them be read as bool. */
static inline bool compare_bool_element(const mcuf_compare_params *params, unsigned char x1, unsigned char x2) {
  return (x1 != 0) == (x2 != 0) ? params->equal : params->less;
}

MCUF_DEFINE_BINARY_AS(compare_bool, mcuf_compare_params, bool, unsigned char, bool, compare_bool_element)
