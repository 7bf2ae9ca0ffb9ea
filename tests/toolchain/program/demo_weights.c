/* What the generator makes of a model's constants: weights, and a constant computed at build time. */
#include "demo.h"

#ifndef WEIGHTS_BYTES
#define WEIGHTS_BYTES 3001
#endif

const int8_t demo_weights_conv[WEIGHTS_BYTES] __attribute__((aligned(16))) = {1, 2, 3};
const int32_t demo_weights_bias[7] = {4, 5, 6};
const int32_t demo_quant_0_multiplier[5] = {7, 8, 9};
