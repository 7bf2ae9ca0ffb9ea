#include <string.h>

#include "mcuforge/dot_s8.h"
#include "mcuforge/fixed_point.h"
#include "mcuforge/lstm.h"
#include "mcuforge/lstm_cell_s16.h"

/* One gate of one cell. */
static int16_t lstm_s8_gate(const mcuf_lstm_params *params, const void *const *constants, int32_t gate, int32_t cell,
                            const int8_t *input, const int8_t *hidden) {
  const int8_t *weights = (const int8_t *)constants[MCUF_LSTM_WEIGHTS + gate] + cell * params->shape.inputs;
  const int8_t *recurrent = (const int8_t *)constants[MCUF_LSTM_RECURRENT + gate] + cell * params->shape.cells;
  uint32_t from_input = (uint32_t)((const int32_t *)constants[MCUF_LSTM_BIAS + gate])[cell];
  uint32_t from_hidden = 0;
  mcuf_dot1_s8(&from_input, input, params->input_offset, weights, params->shape.inputs);
  mcuf_dot1_s8(&from_hidden, hidden, params->hidden_offset, recurrent, params->shape.cells);
  return mcuf_lstm_gate(
      params, gate,
      mcuf_multiply((int32_t)from_input, params->input_multiplier[gate], params->input_shift[gate]),
      mcuf_multiply((int32_t)from_hidden, params->hidden_multiplier[gate], params->hidden_shift[gate]));
}

/* One step of one batch. The next hidden state is complete before it replaces the one that all cells read. */
static void lstm_s8_step(const mcuf_lstm_params *params, const void *const *constants, const int8_t *input,
                         int8_t *hidden, int16_t *cells, int8_t *output) {
  for (int32_t cell = 0; cell < params->shape.cells; ++cell) {
    int16_t gates[MCUF_LSTM_GATES];
    for (int32_t gate = 0; gate < MCUF_LSTM_GATES; ++gate) {
      gates[gate] = lstm_s8_gate(params, constants, gate, cell, input, hidden);
    }
    cells[cell] = mcuf_lstm_next_cell(params, gates, cells[cell]);
    const int32_t next = mcuf_lstm_hidden(params, gates[MCUF_LSTM_OUTPUT], cells[cell]);
    output[cell] = (int8_t)mcuf_clamp(next, INT8_MIN, INT8_MAX);
  }
  memcpy(hidden, output, (size_t)params->shape.cells * sizeof *output);
}

void MCUF_FN(lstm_s8)(const mcuf_lstm_params *params, const void *const *constants, const int8_t *input,
                      int8_t *hidden, int16_t *cell, int8_t *output) {
  const mcuf_lstm_shape *shape = &params->shape;
  for (int32_t batch = 0; batch < shape->batches; ++batch) {
    for (int32_t step = 0; step < shape->steps; ++step) {
      const int32_t frame = step * shape->step_frames + batch * shape->batch_frames;
      lstm_s8_step(params, constants, input + frame * shape->inputs, hidden, cell, output + frame * shape->cells);
    }
    hidden += shape->cells;
    cell += shape->cells;
  }
}
