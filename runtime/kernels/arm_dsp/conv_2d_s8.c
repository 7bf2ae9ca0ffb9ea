#include "mcuforge/columns_s8.h"
#include "mcuforge/conv_2d.h"

/*
 * Where the pixels go that a filter sees: into a column, or, where runs are no multiples of four elements, as they are
 * into `staged` first.
 */
typedef struct {
  uint32_t *column;
  int8_t *staged; /* NULL for a column */
  uint32_t offset;
  int8_t zero_point;
} conv_2d_s8_dsp_sink;

static void conv_2d_s8_dsp_put(conv_2d_s8_dsp_sink *sink, const int8_t *run, int32_t count) {
  if (sink->staged == NULL) {
    sink->column = mcuf_widen_s8(sink->column, run, sink->offset, count);
    return;
  }
  for (; count >= 4; count -= 4, run += 4, sink->staged += 4) {
    memcpy(sink->staged, run, 4);
  }
  for (; count > 0; --count) {
    *sink->staged++ = *run++;
  }
}

/* Elements outside of the input: what its zero point becomes. */
MCUF_ONCE void conv_2d_s8_dsp_put_padding(conv_2d_s8_dsp_sink *sink, int32_t count) {
  for (; sink->staged == NULL && count > 0; count -= 4, sink->column += MCUF_COLUMNS_WORDS) {
    sink->column[0] = 0;
    sink->column[1] = 0;
  }
  for (; count > 0; --count) {
    *sink->staged++ = sink->zero_point;
  }
}

/* One row of taps, of which `inside` fall into the input, where the first of those reads `run`. */
static void conv_2d_s8_dsp_put_row(conv_2d_s8_dsp_sink *sink, const mcuf_window *window, mcuf_taps inside,
                                   const int8_t *run) {
  const int32_t depth = window->input_channels;
  conv_2d_s8_dsp_put_padding(sink, inside.first * depth);
  if (window->dilation_width == 1) {
    conv_2d_s8_dsp_put(sink, run, inside.count * depth);
  } else {
    for (int32_t tap = 0; tap < inside.count; ++tap) {
      conv_2d_s8_dsp_put(sink, run + tap * mcuf_column_step(window), depth);
    }
  }
  conv_2d_s8_dsp_put_padding(sink, (window->filter_width - inside.first - inside.count) * depth);
}

/* All that one output pixel reads, in the filter's order. */
static void conv_2d_s8_dsp_gather(const mcuf_conv_2d_params *params, const int8_t *input, int32_t y, int32_t x,
                                  conv_2d_s8_dsp_sink sink) {
  const mcuf_window *window = &params->window;
  const mcuf_patch patch = mcuf_patch_at(window, y, x);
  const int32_t row_size = window->filter_width * window->input_channels;
  if (patch.rows <= 0) {
    conv_2d_s8_dsp_put_padding(&sink, window->filter_height * row_size);
    return;
  }
  const int32_t first = patch.tap / window->filter_width;
  const mcuf_taps columns = {patch.tap % window->filter_width, patch.columns};
  conv_2d_s8_dsp_put_padding(&sink, first * row_size);
  const int8_t *run = input + patch.input;
  for (int32_t row = 0; row < patch.rows; ++row, run += mcuf_row_step(window)) {
    if (patch.columns == window->filter_width && window->dilation_width == 1) {
      conv_2d_s8_dsp_put(&sink, run, row_size);
    } else {
      conv_2d_s8_dsp_put_row(&sink, window, columns, run);
    }
  }
  conv_2d_s8_dsp_put_padding(&sink, (window->filter_height - first - patch.rows) * row_size);
}

/* Fills one of the two columns. */
static void conv_2d_s8_dsp_fill(const mcuf_conv_2d_params *params, const int8_t *input, int32_t y, int32_t x,
                                int32_t depth, uint32_t *columns, int32_t which) {
  const uint32_t offset = mcuf_both_halves(params->input_offset);
  const int32_t words = (depth + 3) / 4 * MCUF_COLUMNS_WORDS;
  int8_t *const staged = params->window.input_channels % 4 != 0 ? (int8_t *)(columns + words) : NULL;
  const conv_2d_s8_dsp_sink sink = {columns + 2 * which, staged, offset, (int8_t)-params->input_offset};
  conv_2d_s8_dsp_gather(params, input, y, x, sink);
  if (staged != NULL) {
    (void)mcuf_widen_s8(columns + 2 * which, staged, offset, depth);
  }
}

/* One image. The last of an odd number of pixels is computed twice. */
static void conv_2d_s8_dsp_image(const mcuf_conv_2d_params *params, const int8_t *input, mcuf_columns_work *work,
                                 uint32_t *columns, int8_t *output) {
  const mcuf_window *window = &params->window;
  const int32_t pixels = window->output_height * window->output_width;
  int32_t y = 0;
  int32_t x = 0;
  for (int32_t pixel = 0; pixel < pixels; pixel += 2) {
    for (int32_t which = 0; which < 2; ++which) {
      conv_2d_s8_dsp_fill(params, input, y, x, work->depth, columns, which);
      work->output[which] = output;
      if (pixel + which + 1 < pixels) {
        output += window->output_channels;
        x = x + 1 == window->output_width ? 0 : x + 1;
        y += x == 0;
      }
    }
    mcuf_multiply_columns_s8(work, window->output_channels);
  }
}

void MCUF_FN(conv_2d_s8_dsp)(const mcuf_conv_2d_params *params, const int8_t *input, const int8_t *filter,
                             const int32_t *bias, int8_t *output, void *scratch) {
  const mcuf_window *window = &params->window;
  const int32_t depth = window->filter_height * window->filter_width * window->input_channels;
  mcuf_columns_work work = {&params->output, scratch, filter, bias, depth, {output, output}};
  for (int32_t batch = 0; batch < window->batches; ++batch) {
    conv_2d_s8_dsp_image(params, input, &work, scratch, output);
    input += mcuf_image_size(window);
    output += window->output_height * window->output_width * window->output_channels;
  }
}
