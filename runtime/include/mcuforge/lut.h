/* Any function of one 8-bit value: a table over all 256 inputs, computed at build time. */
#ifndef MCUFORGE_LUT_H
#define MCUFORGE_LUT_H

#include <stdint.h>

#include "mcuforge/prefix.h"

/* table[x + 128] is the output for x of type int8, table[x] for uint8. */
typedef struct {
  int32_t count;
  const int8_t *table;
} mcuf_lut_params;

typedef struct {
  int32_t count;
  const int16_t *table;
} mcuf_lut_s16_params;

typedef struct {
  int32_t count;
  const uint8_t *table;
} mcuf_lut_u8_params;

typedef struct {
  int32_t count;
  const int32_t *table;
} mcuf_lut_s32_params;

void MCUF_FN(lut_s8)(const mcuf_lut_params *params, const int8_t *input, int8_t *output);
void MCUF_FN(lut_s8_s16)(const mcuf_lut_s16_params *params, const int8_t *input, int16_t *output);
void MCUF_FN(lut_s8_s32)(const mcuf_lut_s32_params *params, const int8_t *input, int32_t *output);
void MCUF_FN(lut_s8_u8)(const mcuf_lut_u8_params *params, const int8_t *input, uint8_t *output);
void MCUF_FN(lut_u8_s8)(const mcuf_lut_params *params, const uint8_t *input, int8_t *output);

#endif
