#include <stddef.h>
#include <string.h>

#include "mcuforge/concatenation.h"

void MCUF_FN(concatenation)(const mcuf_concatenation_params *params, const void *input0, const void *input1,
                            const void *input2, const void *input3, const void *input4, const void *input5,
                            const void *input6, const void *input7, const void *input8, const void *input9,
                            void *output) {
  const unsigned char *inputs[MCUF_CONCATENATION_INPUTS] = {input0, input1, input2, input3, input4,
                                                            input5, input6, input7, input8, input9};
  unsigned char *to = output;
  for (int32_t row = 0; row < params->rows; ++row) {
    for (int32_t i = 0; i < MCUF_CONCATENATION_INPUTS && inputs[i] != NULL; ++i) {
      const size_t bytes = (size_t)params->run_bytes[i];
      memcpy(to, inputs[i], bytes);
      inputs[i] += bytes;
      to += bytes;
    }
  }
}
