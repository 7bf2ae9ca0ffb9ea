#include <float.h>
#include <math.h>
#include <string.h>

#include "mcuforge/float32.h"
#include "mcuforge/logistic_f32.h"
#include "mcuforge/lstm.h"

/* What FULLY_CONNECTED without an activation leaves of a sum. */
static float lstm_f32_dot(const float *x, const float *w, int32_t length, float bias) {
  float sum = 0.0f;
  for (int32_t i = 0; i < length; ++i) {
    sum += x[i] * w[i];
  }
  return mcuf_clamp_f32(sum + bias, -FLT_MAX, FLT_MAX);
}

/* One gate of one cell. */
static float lstm_f32_gate(const mcuf_lstm_f32_params *params, const void *const *constants, int32_t gate, int32_t cell,
                           const float *input, const float *hidden) {
  const mcuf_lstm_shape *shape = &params->shape;
  const float *weights = (const float *)constants[MCUF_LSTM_WEIGHTS + gate] + cell * shape->inputs;
  const float *recurrent = (const float *)constants[MCUF_LSTM_RECURRENT + gate] + cell * shape->cells;
  const float bias = ((const float *)constants[MCUF_LSTM_BIAS + gate])[cell];
  const float from_input = lstm_f32_dot(input, weights, shape->inputs, bias);
  const float sum = from_input + lstm_f32_dot(hidden, recurrent, shape->cells, 0.0f);
  return gate == MCUF_LSTM_UPDATE ? tanhf(sum) : mcuf_logistic_f32(sum);
}

static float lstm_f32_next_cell(const mcuf_lstm_f32_params *params, const float *gates, float cell) {
  const float kept = mcuf_clamp_f32(gates[MCUF_LSTM_FORGET] * cell, -FLT_MAX, FLT_MAX);
  const float next = kept + gates[MCUF_LSTM_INPUT] * gates[MCUF_LSTM_UPDATE];
  return params->clip > 0.0f ? mcuf_clamp_f32(next, -params->clip, params->clip) : next;
}

/* One step of one batch. The next hidden state is complete before it replaces the one that all cells read. */
static void lstm_f32_step(const mcuf_lstm_f32_params *params, const void *const *constants, const float *input,
                          float *hidden, float *cells, float *output) {
  for (int32_t cell = 0; cell < params->shape.cells; ++cell) {
    float gates[MCUF_LSTM_GATES];
    for (int32_t gate = 0; gate < MCUF_LSTM_GATES; ++gate) {
      gates[gate] = lstm_f32_gate(params, constants, gate, cell, input, hidden);
    }
    cells[cell] = lstm_f32_next_cell(params, gates, cells[cell]);
    output[cell] = tanhf(cells[cell]) * gates[MCUF_LSTM_OUTPUT];
  }
  memcpy(hidden, output, (size_t)params->shape.cells * sizeof *output);
}

void MCUF_FN(lstm_f32)(const mcuf_lstm_f32_params *params, const void *const *constants, const float *input,
                       float *hidden, float *cell, float *output) {
  const mcuf_lstm_shape *shape = &params->shape;
  for (int32_t batch = 0; batch < shape->batches; ++batch) {
    for (int32_t step = 0; step < shape->steps; ++step) {
      const int32_t frame = step * shape->step_frames + batch * shape->batch_frames;
      lstm_f32_step(params, constants, input + frame * shape->inputs, hidden, cell, output + frame * shape->cells);
    }
    hidden += shape->cells;
    cell += shape->cells;
  }
}
