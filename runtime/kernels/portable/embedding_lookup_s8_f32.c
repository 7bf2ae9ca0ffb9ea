#include "mcuforge/clamp_index.h"
#include "mcuforge/embedding_lookup.h"

void MCUF_FN(embedding_lookup_s8_f32)(const mcuf_embedding_lookup_params *params, const int8_t *table,
                                      const int32_t *indices, float *output) {
  for (int32_t i = 0; i < params->count; ++i) {
    const int8_t *row = table + mcuf_clamp_index(indices[i], params->greatest) * params->row;
    for (int32_t j = 0; j < params->row; ++j) {
      *output++ = params->scale * (float)row[j];
    }
  }
}
