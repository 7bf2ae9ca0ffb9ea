#include <string.h>

#include "mcuforge/batch_space.h"

void MCUF_FN(space_to_batch_nd)(const mcuf_batch_space_params *params, const void *input, void *output) {
  const size_t bytes = (size_t)params->pixel_bytes;
  uint8_t *to = output;
  for (int32_t pixel = 0; pixel < mcuf_batch_space_pixels(params); ++pixel) {
    const int32_t source = mcuf_batch_space_pixel(params, pixel);
    if (source >= 0) {
      memcpy(to, (const uint8_t *)input + (size_t)source * bytes, bytes);
    } else {
      memset(to, 0, bytes);
    }
    to += bytes;
  }
}
