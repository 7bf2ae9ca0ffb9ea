#include "mcuforge/fixed_point.h"
#include "mcuforge/log_fixed.h"
#include "mcuforge/log_softmax.h"

#define LOG_SOFTMAX_S8_SUM_BITS 12   /* before the binary point of the sum of exponentials */
#define LOG_SOFTMAX_S8_OUTPUT_DROP 22 /* from Q5.26 to the output's steps of 1/16 */

static int32_t log_softmax_s8_max(const int8_t *input, int32_t depth) {
  int32_t max = INT8_MIN;
  for (int32_t i = 0; i < depth; ++i) {
    max = input[i] > max ? input[i] : max;
  }
  return max;
}

static int32_t log_softmax_s8_log_sum(const mcuf_log_softmax_params *params, const int8_t *input, int32_t max) {
  int32_t sum = 0;
  for (int32_t i = 0; i < params->depth; ++i) {
    const int32_t d = max - input[i];
    if (d < params->entries) {
      sum += mcuf_divide_by_power_of_two(params->exponentials[d], LOG_SOFTMAX_S8_SUM_BITS);
    }
  }
  return mcuf_log_q5(sum);
}

/* The least difference (a negative number) from which the logarithm of the sum can be subtracted in Q5.26. */
static int32_t log_softmax_s8_least(const mcuf_log_softmax_params *params, int32_t log_sum) {
  const int32_t least = mcuf_multiply(log_sum + INT32_MIN, params->reverse_multiplier, params->reverse_shift);
  return least > -params->greatest - 1 ? least : -params->greatest - 1;
}

void MCUF_FN(log_softmax_s8)(const mcuf_log_softmax_params *params, const int8_t *input, int8_t *output) {
  for (int32_t row = 0; row < params->rows; ++row) {
    const int32_t max = log_softmax_s8_max(input, params->depth);
    const int32_t log_sum = log_softmax_s8_log_sum(params, input, max);
    const int32_t least = log_softmax_s8_least(params, log_sum);
    for (int32_t i = 0; i < params->depth; ++i) {
      const int32_t difference = input[i] - max;
      int32_t result = INT8_MIN;
      if (difference > least) {
        const int32_t scaled = mcuf_multiply(difference, params->multiplier, params->shift);
        result = INT8_MAX + mcuf_divide_by_power_of_two(scaled - log_sum, LOG_SOFTMAX_S8_OUTPUT_DROP);
      }
      output[i] = (int8_t)mcuf_clamp(result, INT8_MIN, INT8_MAX);
    }
    input += params->depth;
    output += params->depth;
  }
}
