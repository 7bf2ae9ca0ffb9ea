/* Windows that slide over a padded input: the geometry of convolution and pooling. Shapes are NHWC. */
#ifndef MCUFORGE_WINDOW_H
#define MCUFORGE_WINDOW_H

#include <stdint.h>

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
  int32_t dilation_height;
  int32_t dilation_width;
  int32_t padding_top;
  int32_t padding_left;
} mcuf_window;

/* The filter taps of one axis that fall inside the input: first <= tap < first + count; count <= 0 when none does. */
typedef struct {
  int32_t first;
  int32_t count;
} mcuf_taps;

/*
 * The taps k of 0 <= k < taps with 0 <= origin + k * dilation < extent.
 * `origin` is negative in the leading padding and always below `extent`.
 */
static inline mcuf_taps mcuf_taps_inside(int32_t origin, int32_t extent, int32_t dilation, int32_t taps) {
  const int32_t first = origin < 0 ? (dilation - 1 - origin) / dilation : 0;
  const int32_t end = (extent - origin + dilation - 1) / dilation;
  const mcuf_taps inside = {first, (end < taps ? end : taps) - first};
  return inside;
}

/* What one output pixel reads: indices of the first input element and filter tap, and how many rows and columns of them.
 * No rows when no tap falls inside: the indices mean nothing then, and no pointer may be made of them. */
typedef struct {
  int32_t input;
  int32_t tap;
  int32_t rows;
  int32_t columns;
} mcuf_patch;

static inline mcuf_patch mcuf_patch_at(const mcuf_window *window, int32_t y, int32_t x) {
  const int32_t top = y * window->stride_height - window->padding_top;
  const int32_t left = x * window->stride_width - window->padding_left;
  const mcuf_taps rows = mcuf_taps_inside(top, window->input_height, window->dilation_height, window->filter_height);
  const mcuf_taps columns = mcuf_taps_inside(left, window->input_width, window->dilation_width, window->filter_width);
  const int32_t first_row = top + rows.first * window->dilation_height;
  const int32_t first_column = left + columns.first * window->dilation_width;
  const mcuf_patch patch = {
      (first_row * window->input_width + first_column) * window->input_channels,
      rows.first * window->filter_width + columns.first,
      columns.count > 0 ? rows.count : 0,
      columns.count,
  };
  return patch;
}

/* Elements from one tap to the one below it, and to the one at its right. */
static inline int32_t mcuf_row_step(const mcuf_window *window) {
  return window->dilation_height * window->input_width * window->input_channels;
}

static inline int32_t mcuf_column_step(const mcuf_window *window) {
  return window->dilation_width * window->input_channels;
}

static inline int32_t mcuf_image_size(const mcuf_window *window) {
  return window->input_height * window->input_width * window->input_channels;
}

#endif
