/* TRANSPOSE_CONV. Input NHWC, filter OHWI, bias per output channel or NULL. */
#ifndef MCUFORGE_TRANSPOSE_CONV_H
#define MCUFORGE_TRANSPOSE_CONV_H

#include <stdint.h>

#include "mcuforge/prefix.h"
#include "mcuforge/requantize.h"

/* Stride and padding are those of the convolution that takes the output back to the input. */
typedef struct {
  int32_t batches;
  int32_t input_height;
  int32_t input_width;
  int32_t input_channels;
  int32_t output_height;
  int32_t output_width;
  int32_t output_channels;
  int32_t filter_height;
  int32_t filter_width;
  int32_t stride_height;
  int32_t stride_width;
  int32_t padding_top;
  int32_t padding_left;
} mcuf_transpose_conv_shape;

typedef struct {
  mcuf_transpose_conv_shape shape;
  int32_t input_offset; /* minus the zero point */
  mcuf_requantization output;
} mcuf_transpose_conv_params;

typedef struct {
  mcuf_transpose_conv_shape shape;
  float least;
  float greatest;
} mcuf_transpose_conv_f32_params;

/*
 * The input positions that reach one output position along an axis: `count` (none if <= 0) from `first` on. The first
 * does so through filter tap `tap`, each further one through the tap a stride before.
 */
typedef struct {
  int32_t first;
  int32_t count;
  int32_t tap;
} mcuf_transpose_conv_reach;

static inline mcuf_transpose_conv_reach mcuf_transpose_conv_reach_of(int32_t output, int32_t padding, int32_t stride,
                                                                     int32_t taps, int32_t extent) {
  const int32_t position = output + padding;
  const int32_t first = position < taps ? 0 : (position - taps) / stride + 1;
  const int32_t last = position / stride < extent ? position / stride : extent - 1;
  const mcuf_transpose_conv_reach reach = {first, last - first + 1, position - first * stride};
  return reach;
}

/* What reaches one output pixel. */
typedef struct {
  mcuf_transpose_conv_reach rows;
  mcuf_transpose_conv_reach columns;
} mcuf_transpose_conv_patch;

static inline mcuf_transpose_conv_patch mcuf_transpose_conv_patch_at(const mcuf_transpose_conv_shape *shape, int32_t y,
                                                                     int32_t x) {
  const mcuf_transpose_conv_patch patch = {
      mcuf_transpose_conv_reach_of(y, shape->padding_top, shape->stride_height, shape->filter_height,
                                   shape->input_height),
      mcuf_transpose_conv_reach_of(x, shape->padding_left, shape->stride_width, shape->filter_width,
                                   shape->input_width),
  };
  return patch;
}

/* Elements before the pixel of a patch's row and column in the input, and before its tap in one channel's filter. */
static inline int32_t mcuf_transpose_conv_input(const mcuf_transpose_conv_shape *shape,
                                                const mcuf_transpose_conv_patch *patch, int32_t row, int32_t column) {
  const int32_t pixel = (patch->rows.first + row) * shape->input_width + patch->columns.first + column;
  return pixel * shape->input_channels;
}

static inline int32_t mcuf_transpose_conv_tap(const mcuf_transpose_conv_shape *shape,
                                              const mcuf_transpose_conv_patch *patch, int32_t row, int32_t column) {
  const int32_t tap_row = patch->rows.tap - row * shape->stride_height;
  const int32_t tap_column = patch->columns.tap - column * shape->stride_width;
  return (tap_row * shape->filter_width + tap_column) * shape->input_channels;
}

void MCUF_FN(transpose_conv_s8)(const mcuf_transpose_conv_params *params, const int8_t *input, const int8_t *filter,
                                const int32_t *bias, int8_t *output);
/* 64-bit accumulators. */
void MCUF_FN(transpose_conv_s16)(const mcuf_transpose_conv_params *params, const int16_t *input, const int8_t *filter,
                                 const int64_t *bias, int16_t *output);
void MCUF_FN(transpose_conv_f32)(const mcuf_transpose_conv_f32_params *params, const float *input, const float *filter,
                                 const float *bias, float *output);
/* Filter of float16. */
void MCUF_FN(transpose_conv_f32_w16)(const mcuf_transpose_conv_f32_params *params, const float *input,
                                     const uint16_t *filter, const float *bias, float *output);

#endif
