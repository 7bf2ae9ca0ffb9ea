/* The arithmetic of quantized LSTMs after the matrices: gates and cell state, int16 for both activation types. */
#ifndef MCUFORGE_LSTM_CELL_S16_H
#define MCUFORGE_LSTM_CELL_S16_H

#include "mcuforge/fixed_point.h"
#include "mcuforge/lstm.h"
#include "mcuforge/sigmoid_s16.h"

static inline int32_t mcuf_lstm_saturate(int32_t value) { return mcuf_clamp(value, INT16_MIN, INT16_MAX); }

/* A gate from what the input and the hidden state contribute, each already scaled to Q3.12. */
static inline int16_t mcuf_lstm_gate(const mcuf_lstm_params *params, int32_t gate, int32_t from_input,
                                     int32_t from_hidden) {
  const int32_t sum = mcuf_lstm_saturate(mcuf_lstm_saturate(from_input) + mcuf_lstm_saturate(from_hidden));
  const int32_t steps = sum * (MCUF_SIGMOID_STEPS >> 12);
  return gate == MCUF_LSTM_UPDATE ? mcuf_tanh_s16(params->sigmoid, steps) : mcuf_logistic_s16(params->sigmoid, steps);
}

/* The cell's next state. */
static inline int16_t mcuf_lstm_next_cell(const mcuf_lstm_params *params, const int16_t *gates, int16_t cell) {
  const int32_t kept = mcuf_multiply(gates[MCUF_LSTM_FORGET] * cell, params->forget_multiplier, params->forget_shift);
  const int32_t added = mcuf_multiply(gates[MCUF_LSTM_INPUT] * gates[MCUF_LSTM_UPDATE], params->update_multiplier,
                                      params->update_shift);
  const int32_t next = mcuf_lstm_saturate(mcuf_lstm_saturate(kept) + mcuf_lstm_saturate(added));
  return (int16_t)mcuf_clamp(next, -params->clip, params->clip);
}

/* The hidden state of a cell, before it is clamped to its type. */
static inline int32_t mcuf_lstm_hidden(const mcuf_lstm_params *params, int16_t output_gate, int16_t cell) {
  const int32_t half = params->tanh_shift > 0 ? 1 << (params->tanh_shift - 1) : 0;
  const int32_t steps = (cell * params->tanh_multiplier + half) >> params->tanh_shift;
  const int32_t product = mcuf_tanh_s16(params->sigmoid, steps) * output_gate;
  return mcuf_add_wrapping(mcuf_multiply(product, params->output_multiplier, params->output_shift),
                           params->output_offset);
}

#endif
