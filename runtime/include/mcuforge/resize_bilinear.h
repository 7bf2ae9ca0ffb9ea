/* RESIZE_BILINEAR */
#ifndef MCUFORGE_RESIZE_BILINEAR_H
#define MCUFORGE_RESIZE_BILINEAR_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* Fixed point has ten fraction bits. */
#define MCUF_RESIZE_BITS 10
#define MCUF_RESIZE_ONE (1 << MCUF_RESIZE_BITS)

/* Heights, then widths. */
typedef struct {
  int32_t batches;
  int32_t channels;
  int32_t input[2];
  int32_t output[2];
} mcuf_resize_images;

/* Output place i is the input's i * scale + offset, in units of 1/MCUF_RESIZE_ONE. */
typedef struct {
  mcuf_resize_images over;
  int32_t scale[2];
  int32_t offset[2];
} mcuf_resize_bilinear_params;

/* Output place i is the input's (i + half_pixel) * scale - half_pixel. */
typedef struct {
  mcuf_resize_images over;
  float vertical_scale;
  float horizontal_scale;
  float half_pixel;
} mcuf_resize_bilinear_f32_params;

void MCUF_FN(resize_bilinear_s8)(const mcuf_resize_bilinear_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(resize_bilinear_f32)(const mcuf_resize_bilinear_f32_params *params, const float *input, float *output);

#endif
