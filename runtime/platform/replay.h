/* The contract between a model's generated trace table and the replay program.
 *
 * A twin (the firmware's objects linked for an emulated machine) holds the generated `<name>_trace.c`, which defines
 * `mcuf_replay_model`, and the replay program, which feeds it recorded inputs and writes down what it computes.
 *
 * What the replay program promises: it calls `reset` (when there is one) before the first inference of a run; it copies
 * every input before every inference; it calls `run` of all layers in the order of the table, and reads a layer's
 * outputs before the next layer runs, because later layers may reuse their memory.
 *
 * What it expects: the arena may hold anything before the first inference, after `reset` (it is painted to measure how
 * much of it is used); running all layers in order is the same computation as `invoke`.
 *
 * Operators without code (a RESHAPE that is only another name for its input) are not in the table. An operator with
 * subgraphs (IF, WHILE) is one layer here: its `run` executes the chosen body, and its outputs are compared as a whole.
 */
#ifndef MCUF_REPLAY_H
#define MCUF_REPLAY_H

#include <stdint.h>

/* A tensor where it lies in memory at the moment its layer has just run. `tensor` is its index in the model's main
 * subgraph, by which TensorFlow Lite Micro's value of it is found. */
typedef struct {
    uint32_t tensor;
    uint32_t bytes;
    const void *data;
} mcuf_view;

typedef struct {
    uint32_t bytes;
    void *data;
} mcuf_buffer;

/* One operator of the main subgraph; `index` is its index there, `op` its TFLite name. */
typedef struct {
    uint32_t index;
    const char *op;
    void (*run)(void);
    const mcuf_view *outputs;
    uint32_t n_outputs;
} mcuf_layer;

typedef struct {
    const char *name;
    const mcuf_buffer *inputs;
    const mcuf_view *outputs;
    const mcuf_layer *layers;
    uint32_t n_inputs;
    uint32_t n_outputs;
    uint32_t n_layers;
    int (*invoke)(void);     /* 0 when the inference succeeded */
    void (*reset)(void);     /* back to the initial state; NULL for a model without state */
    mcuf_buffer arena;
} mcuf_model;

extern const mcuf_model mcuf_replay_model;

#endif
