#include <string.h>

#include "mcuforge/batch_space.h"

void MCUF_FN(batch_to_space_nd)(const mcuf_batch_space_params *params, const void *input, void *output) {
  const size_t bytes = (size_t)params->pixel_bytes;
  const uint8_t *from = input;
  for (int32_t pixel = 0; pixel < mcuf_batch_space_pixels(params); ++pixel) {
    const int32_t target = mcuf_batch_space_pixel(params, pixel);
    if (target >= 0) {
      memcpy((uint8_t *)output + (size_t)target * bytes, from, bytes);
    }
    from += bytes;
  }
}
