#include "mcuforge/resize_bilinear.h"

/* Two neighbours and how far, in units of 1/MCUF_RESIZE_ONE, the place lies from the first towards the second. */
typedef struct {
  int32_t first;
  int32_t second;
  int32_t part;
} resize_bilinear_s8_place;

static resize_bilinear_s8_place resize_bilinear_s8_locate(const mcuf_resize_bilinear_params *params, int32_t axis,
                                                          int32_t at) {
  /* Outside the input both neighbours are the edge, and the part does not matter. */
  const int32_t last = (params->over.input[axis] - 1) * MCUF_RESIZE_ONE;
  const int32_t wanted = at * params->scale[axis] + params->offset[axis];
  const int32_t place = wanted < 0 ? 0 : wanted > last ? last : wanted;
  const resize_bilinear_s8_place found = {
      .first = place >> MCUF_RESIZE_BITS,
      .second = (place + MCUF_RESIZE_ONE - 1) >> MCUF_RESIZE_BITS,
      .part = place & (MCUF_RESIZE_ONE - 1),
  };
  return found;
}

/* One pixel: the weighted sum of four, rounded away from zero. */
static void resize_bilinear_s8_mix(const int8_t *const corners[4], const int32_t weights[4], int32_t channels,
                                   int8_t *output) {
  const int32_t half = 1 << (2 * MCUF_RESIZE_BITS - 1);
  for (int32_t channel = 0; channel < channels; ++channel) {
    int32_t sum = 0;
    for (int32_t i = 0; i < 4; ++i) {
      sum += corners[i][channel] * weights[i];
    }
    output[channel] = (int8_t)((sum > 0 ? sum + half : sum - half) / (2 * half));
  }
}

void MCUF_FN(resize_bilinear_s8)(const mcuf_resize_bilinear_params *params, const int8_t *input, int8_t *output) {
  const mcuf_resize_images *over = &params->over;
  const int32_t row = over->input[1] * over->channels;
  for (int32_t batch = 0; batch < over->batches; ++batch) {
    for (int32_t y = 0; y < over->output[0]; ++y) {
      const resize_bilinear_s8_place at_y = resize_bilinear_s8_locate(params, 0, y);
      for (int32_t x = 0; x < over->output[1]; ++x) {
        const resize_bilinear_s8_place at_x = resize_bilinear_s8_locate(params, 1, x);
        const int8_t *upper = input + at_y.first * row;
        const int8_t *lower = input + at_y.second * row;
        const int8_t *const corners[4] = {
            upper + at_x.first * over->channels,
            upper + at_x.second * over->channels,
            lower + at_x.first * over->channels,
            lower + at_x.second * over->channels,
        };
        const int32_t weights[4] = {
            (MCUF_RESIZE_ONE - at_y.part) * (MCUF_RESIZE_ONE - at_x.part),
            (MCUF_RESIZE_ONE - at_y.part) * at_x.part,
            at_y.part * (MCUF_RESIZE_ONE - at_x.part),
            at_y.part * at_x.part,
        };
        resize_bilinear_s8_mix(corners, weights, over->channels, output);
        output += over->channels;
      }
    }
    input += over->input[0] * row;
  }
}
