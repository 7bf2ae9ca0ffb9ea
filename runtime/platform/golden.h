/* The contract between a model's generated `<name>_golden.c` and the stock app.
 *
 * The table is small on purpose: it is flash that every image with the stock app pays for.
 */
#ifndef MCUF_GOLDEN_H
#define MCUF_GOLDEN_H

#include <stdint.h>

/* How the values of a tensor are printed: signed decimals, or the bit pattern of a float. */
typedef enum { MCUF_INT8, MCUF_UINT8, MCUF_INT16, MCUF_INT32, MCUF_FLOAT32 } mcuf_type;

typedef struct {
    void *data;
    uint32_t bytes;
} mcuf_app_input;

typedef struct {
    const void *data;
    uint32_t elements;
    mcuf_type type;
} mcuf_app_output;

typedef struct {
    const char *name;
    const mcuf_app_input *inputs;
    const mcuf_app_output *outputs;
    uint32_t n_inputs;
    uint32_t n_outputs;
    int (*invoke)(void);            /* 0 when the inference succeeded */
    void (*reset)(void);            /* NULL for a model without state */
    const uint8_t *golden;          /* `n_golden` vectors back to back, each all inputs in order without padding */
    uint32_t n_golden;
} mcuf_app_model;

extern const mcuf_app_model mcuf_golden_model;

/* Prints text where a developer sees it. On Cortex-M: ITM stimulus port 0, when a debugger has enabled it. */
void mcuf_put(const char *text);

#endif
