/* EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL with broadcasting: one kernel for each type. */
#ifndef MCUFORGE_COMPARE_H
#define MCUFORGE_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "mcuforge/broadcast.h"
#include "mcuforge/prefix.h"

/* The result for each way two elements can stand to each other; floats are unordered when one of them is NaN. */
typedef struct {
  mcuf_broadcast over;
  bool less;
  bool equal;
  bool greater;
  bool unordered;
} mcuf_compare_params;

/* int8 elements, less their zero points and raised by MCUF_COMPARE_S8_HEADROOM bits, are scaled to a common scale. */
#define MCUF_COMPARE_S8_HEADROOM 8

typedef struct {
  mcuf_broadcast over;
  int32_t offset1; /* minus the zero point */
  int32_t multiplier1;
  int32_t shift1;
  int32_t offset2;
  int32_t multiplier2;
  int32_t shift2;
  bool less;
  bool equal;
  bool greater;
} mcuf_compare_s8_params;

void MCUF_FN(compare_s8)(const mcuf_compare_s8_params *params, const int8_t *input1, const int8_t *input2,
                         bool *output);
void MCUF_FN(compare_s32)(const mcuf_compare_params *params, const int32_t *input1, const int32_t *input2,
                          bool *output);
void MCUF_FN(compare_s64)(const mcuf_compare_params *params, const int64_t *input1, const int64_t *input2,
                          bool *output);
void MCUF_FN(compare_f32)(const mcuf_compare_params *params, const float *input1, const float *input2, bool *output);
void MCUF_FN(compare_bool)(const mcuf_compare_params *params, const bool *input1, const bool *input2, bool *output);

#endif
