/*
 * UNIDIRECTIONAL_SEQUENCE_LSTM: no peephole, projection or normalization. Per cell and step, from the input x and the
 * hidden state h of the step before:
 *   gate = f(weights . x + bias + recurrent weights . h), f = tanh for the update gate, logistic for the others
 *   cell = forget * cell + input * update, clipped
 *   hidden = output * tanh(cell)
 */
#ifndef MCUFORGE_LSTM_H
#define MCUFORGE_LSTM_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* In the order of TFLite's tensors. */
enum { MCUF_LSTM_INPUT, MCUF_LSTM_FORGET, MCUF_LSTM_UPDATE, MCUF_LSTM_OUTPUT, MCUF_LSTM_GATES };

/* The constants a kernel is handed, of each gate: weights [cells, inputs], recurrent weights [cells, cells], biases. */
enum { MCUF_LSTM_WEIGHTS = 0, MCUF_LSTM_RECURRENT = 4, MCUF_LSTM_BIAS = 8 };

/* Frame (step, batch) is number step * step_frames + batch * batch_frames of the input and of the output. */
typedef struct {
  int32_t batches;
  int32_t steps;
  int32_t inputs;
  int32_t cells;
  int32_t step_frames;
  int32_t batch_frames;
} mcuf_lstm_shape;

/* Gates are Q3.12 before their function and Q0.15 after it; the cell state is int16. */
typedef struct {
  mcuf_lstm_shape shape;
  int32_t input_offset; /* minus the zero point */
  int32_t hidden_offset;
  int32_t input_multiplier[MCUF_LSTM_GATES];
  int32_t input_shift[MCUF_LSTM_GATES];
  int32_t hidden_multiplier[MCUF_LSTM_GATES];
  int32_t hidden_shift[MCUF_LSTM_GATES];
  int32_t forget_multiplier; /* of forget * cell */
  int32_t forget_shift;
  int32_t update_multiplier; /* of input * update */
  int32_t update_shift;
  int32_t output_multiplier; /* of output * tanh(cell) */
  int32_t output_shift;
  int32_t output_offset;
  int32_t clip;            /* of the cell state; 32768 clips nothing */
  int32_t tanh_multiplier; /* from the cell state to steps of sigmoid_s16.h: times this, shifted right with rounding */
  int32_t tanh_shift;
  const uint16_t *sigmoid; /* sigmoid_s16.h */
} mcuf_lstm_params;

typedef struct {
  mcuf_lstm_shape shape;
  float clip; /* of the cell state; 0 for none */
} mcuf_lstm_f32_params;

void MCUF_FN(lstm_s8)(const mcuf_lstm_params *params, const void *const *constants, const int8_t *input,
                      int8_t *hidden, int16_t *cell, int8_t *output);
/* Biases are int64, weights int8. */
void MCUF_FN(lstm_s16)(const mcuf_lstm_params *params, const void *const *constants, const int16_t *input,
                       int16_t *hidden, int16_t *cell, int16_t *output);
void MCUF_FN(lstm_f32)(const mcuf_lstm_f32_params *params, const void *const *constants, const float *input,
                       float *hidden, float *cell, float *output);

#endif
