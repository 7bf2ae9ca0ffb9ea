#include <string.h>

#include "mcuforge/resize_nearest_neighbor.h"

static void resize_nearest_neighbor_row(const mcuf_resize_nearest_neighbor_params *params, const uint8_t *from,
                                        uint8_t *to) {
  for (int32_t x = 0; x < params->output_width; ++x) {
    memcpy(to, from + params->columns[x] * params->pixel_bytes, (size_t)params->pixel_bytes);
    to += params->pixel_bytes;
  }
}

void MCUF_FN(resize_nearest_neighbor)(const mcuf_resize_nearest_neighbor_params *params, const void *input,
                                      void *output) {
  const int32_t input_bytes = params->input_width * params->pixel_bytes;
  const int32_t output_bytes = params->output_width * params->pixel_bytes;
  const uint8_t *from = input;
  uint8_t *to = output;
  for (int32_t batch = 0; batch < params->batches; ++batch) {
    for (int32_t y = 0; y < params->output_height; ++y) {
      if (y > 0 && params->rows[y] == params->rows[y - 1]) {
        memcpy(to, to - output_bytes, (size_t)output_bytes);
      } else {
        resize_nearest_neighbor_row(params, from + params->rows[y] * input_bytes, to);
      }
      to += output_bytes;
    }
    from += params->input_height * input_bytes;
  }
}
