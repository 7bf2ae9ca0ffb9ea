/* The stock app: replays the model's golden inputs and prints what comes out, one line for each output.
 *
 *     kws 0: -128 -128 127 -128
 *
 * Integers are decimals, floats their bit patterns: both exact, without a C library's printf.
 */
#include <string.h>

#include "golden.h"

static const mcuf_app_model *const model = &mcuf_golden_model;

enum { DECIMAL_SIZE = 12 }; /* "-2147483648" and its end */

static void put_decimal(int32_t value)
{
    char text[DECIMAL_SIZE];
    char *first = &text[DECIMAL_SIZE - 1];
    uint32_t magnitude = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    *first = '\0';
    do {
        *--first = (char)('0' + magnitude % 10u);
        magnitude /= 10u;
    } while (magnitude != 0);
    if (value < 0) {
        *--first = '-';
    }
    mcuf_put(first);
}

static void put_bits(uint32_t bits)
{
    char text[] = "0x00000000";
    for (char *digit = &text[9]; digit > &text[1]; digit--, bits >>= 4) {
        *digit = "0123456789abcdef"[bits & 15u];
    }
    mcuf_put(text);
}

static void put_value(const mcuf_app_output *output, uint32_t i)
{
    switch (output->type) {
    case MCUF_INT8:
        put_decimal(((const int8_t *)output->data)[i]);
        break;
    case MCUF_UINT8:
        put_decimal(((const uint8_t *)output->data)[i]);
        break;
    case MCUF_INT16:
        put_decimal(((const int16_t *)output->data)[i]);
        break;
    case MCUF_INT32:
        put_decimal(((const int32_t *)output->data)[i]);
        break;
    case MCUF_FLOAT32: {
        uint32_t bits;
        memcpy(&bits, (const uint8_t *)output->data + sizeof bits * i, sizeof bits);
        put_bits(bits);
        break;
    }
    }
}

static void put_outputs(uint32_t vector)
{
    for (uint32_t i = 0; i < model->n_outputs; i++) {
        const mcuf_app_output *output = &model->outputs[i];
        mcuf_put(model->name);
        mcuf_put(" ");
        put_decimal((int32_t)vector);
        mcuf_put(":");
        for (uint32_t value = 0; value < output->elements; value++) {
            mcuf_put(" ");
            put_value(output, value);
        }
        mcuf_put("\n");
    }
}

int main(void)
{
    const uint8_t *golden = model->golden;
    if (model->reset) {
        model->reset();
    }
    for (uint32_t vector = 0; vector < model->n_golden; vector++) {
        for (uint32_t i = 0; i < model->n_inputs; i++) {
            memcpy(model->inputs[i].data, golden, model->inputs[i].bytes);
            golden += model->inputs[i].bytes;
        }
        if (model->invoke() != 0) {
            mcuf_put("inference failed\n");
            return 1;
        }
        put_outputs(vector);
    }
    return 0;
}
