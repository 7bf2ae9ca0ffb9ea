/* A model for the stock app: one output of each type, of which the first is the input backwards. */
#include <stddef.h>

#include "golden.h"

static int8_t input[4];
static int8_t reversed[4];
static const float reals[] = {1.0f, -2.5f};
static const int32_t words[] = {INT32_MIN, 0};
static const uint8_t byte = 255;
static const int16_t half = INT16_MIN;

static int invoke(void)
{
    for (int i = 0; i < 4; i++) {
        reversed[i] = input[3 - i];
    }
    return 0;
}

static const mcuf_app_input inputs[] = {{input, sizeof input}};
static const mcuf_app_output outputs[] = {
    {reversed, 4, MCUF_INT8}, {reals, 2, MCUF_FLOAT32}, {words, 2, MCUF_INT32}, {&byte, 1, MCUF_UINT8},
    {&half, 1, MCUF_INT16},
};
static const uint8_t golden[] = {1, 2, 3, 0x80, 127, 0, 0, 0xff};

const mcuf_app_model mcuf_golden_model = {
    .name = "toy",
    .inputs = inputs,
    .outputs = outputs,
    .n_inputs = 1,
    .n_outputs = 5,
    .invoke = invoke,
    .reset = NULL,
    .golden = golden,
    .n_golden = 2,
};
