#include "mcuforge/clamp_index.h"
#include "mcuforge/slice.h"

void MCUF_FN(slice_s64)(const mcuf_slice_params *params, const void *input, const int64_t *begin, void *output) {
  mcuf_strided_copy_params copy = params->copy;
  for (int32_t axis = 0; axis < params->rank; ++axis) {
    copy.offset += mcuf_clamp_index(begin[axis], params->greatest[axis]) * params->step[axis];
  }
  MCUF_FN(strided_copy)(&copy, input, output);
}
