#include "mcuforge/resize_bilinear.h"

/* Two neighbours and how far the place lies from the first towards the second; slightly negative before the edge. */
typedef struct {
  int32_t first;
  int32_t second;
  float part;
} resize_bilinear_f32_place;

static resize_bilinear_f32_place resize_bilinear_f32_locate(float scale, float half_pixel, int32_t size, int32_t at) {
  const float place = ((float)at + half_pixel) * scale - half_pixel;
  /* Above −1, where truncation rounds up: to zero, as is wanted there. */
  const int32_t whole = (int32_t)place;
  const int32_t first = whole < size ? whole : size - 1;
  const int32_t second = (float)whole < place ? whole + 1 : whole;
  const resize_bilinear_f32_place found = {
      .first = first,
      .second = second < size ? second : size - 1,
      .part = place - (float)first,
  };
  return found;
}

/* One pixel. The order of the terms is TFLM's, so that they round alike; the zero added makes a positive one of -0. */
static void resize_bilinear_f32_mix(const float *const corners[4], float part_y, float part_x, int32_t channels,
                                    float *output) {
  for (int32_t channel = 0; channel < channels; ++channel) {
    output[channel] = corners[0][channel] * (1 - part_y) * (1 - part_x) + corners[1][channel] * part_y * (1 - part_x) +
                      corners[2][channel] * (1 - part_y) * part_x + corners[3][channel] * part_y * part_x + 0.0f;
  }
}

void MCUF_FN(resize_bilinear_f32)(const mcuf_resize_bilinear_f32_params *params, const float *input, float *output) {
  const mcuf_resize_images *over = &params->over;
  const int32_t row = over->input[1] * over->channels;
  for (int32_t batch = 0; batch < over->batches; ++batch) {
    for (int32_t y = 0; y < over->output[0]; ++y) {
      const resize_bilinear_f32_place at_y =
          resize_bilinear_f32_locate(params->vertical_scale, params->half_pixel, over->input[0], y);
      for (int32_t x = 0; x < over->output[1]; ++x) {
        const resize_bilinear_f32_place at_x =
            resize_bilinear_f32_locate(params->horizontal_scale, params->half_pixel, over->input[1], x);
        const float *upper = input + at_y.first * row;
        const float *lower = input + at_y.second * row;
        const float *const corners[4] = {
            upper + at_x.first * over->channels,
            lower + at_x.first * over->channels,
            upper + at_x.second * over->channels,
            lower + at_x.second * over->channels,
        };
        resize_bilinear_f32_mix(corners, at_y.part, at_x.part, over->channels, output);
        output += over->channels;
      }
    }
    input += over->input[0] * row;
  }
}
