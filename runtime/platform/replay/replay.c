/* Replays recorded inputs on a model and writes down what it computes: the same program on every machine.
 *
 * The request and the result are streams of little-endian words and tensor bytes; vectors pass through one at a time.
 *
 * request: magic, mode, number of vectors, bytes of one vector; then the vectors, each all inputs in order
 * result:  magic, mode, number of vectors, bytes of all outputs, number of layers; calibration;
 *          per vector: what its run wrote (below), then all outputs in order;
 *          magic, stack high water, arena high water
 *
 * The run of a vector writes, without LAYERS: invoke's status; its time if TIME.
 * With LAYERS, for each layer: its index; its time if TIME; if DUMP the number of its outputs,
 * and of each the tensor's index, bytes, data.
 */
#include <string.h>

#include "replay.h"
#include "replay/port.h"

enum { REQUEST_MAGIC = 0x3151464d, RESULT_MAGIC = 0x3152464d }; /* "MFQ1", "MFR1" */
enum { MODE_LAYERS = 1, MODE_TIME = 2, MODE_DUMP = 4 };

typedef struct {
    uint32_t magic;
    uint32_t mode;
    uint32_t n_vectors;
    uint32_t vector_bytes;
} request_header;

static const mcuf_model *const model = &mcuf_replay_model;

static void write_word(uint32_t word)
{
    mcuf_port_write(&word, sizeof word);
}

static void write_time(mcuf_time time)
{
    write_word((uint32_t)time.ticks);
    write_word((uint32_t)(time.ticks >> 32));
    write_word(time.interrupts);
}

static void write_calibration(uint32_t mode)
{
    static const mcuf_calibration none;
    const mcuf_calibration calibration = mode & MODE_TIME ? mcuf_port_calibrate() : none;
    write_word(calibration.loop_instructions);
    write_word(calibration.interrupt_instructions);
    write_time(calibration.loop);
    write_time(calibration.empty_run);
    write_time(calibration.empty_invoke);
}

static uint32_t input_bytes(void)
{
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < model->n_inputs; i++) {
        bytes += model->inputs[i].bytes;
    }
    return bytes;
}

static uint32_t output_bytes(void)
{
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < model->n_outputs; i++) {
        bytes += model->outputs[i].bytes;
    }
    return bytes;
}

static request_header read_request(void)
{
    request_header request;
    mcuf_port_read(&request, sizeof request);
    if (request.magic != REQUEST_MAGIC) {
        mcuf_port_exit(MCUF_EXIT_REQUEST, "not a replay request");
    }
    if (request.vector_bytes != input_bytes()) {
        mcuf_port_exit(MCUF_EXIT_REQUEST, "the request's vectors do not have the size of the model's inputs");
    }
    return request;
}

static void write_header(const request_header *request)
{
    write_word(RESULT_MAGIC);
    write_word(request->mode);
    write_word(request->n_vectors);
    write_word(output_bytes());
    write_word(model->n_layers);
    write_calibration(request->mode);
}

/* A pattern that differs from byte to byte, so that a tensor of one value cannot pass for it. */
static uint8_t arena_paint(uint32_t offset)
{
    return (uint8_t)(0xa5u ^ (offset * 89u) ^ (offset >> 8));
}

static void paint_arena(void)
{
    uint8_t *arena = model->arena.data;
    for (uint32_t i = 0; i < model->arena.bytes; i++) {
        arena[i] = arena_paint(i);
    }
}

/* The bytes from the arena's beginning to the last one that was written with another value than the paint's. */
static uint32_t arena_high_water(void)
{
    const uint8_t *arena = model->arena.data;
    uint32_t used = model->arena.bytes;
    while (used > 0 && arena[used - 1] == arena_paint(used - 1)) {
        used--;
    }
    return used;
}

static uint32_t run_whole(uint32_t mode)
{
    int status;
    uint32_t stack = 0;
    if (mode & MODE_TIME) {
        const mcuf_time time = mcuf_port_time_invoke(model->invoke, &status);
        write_word((uint32_t)status);
        write_time(time);
    } else {
        status = mcuf_port_invoke(model->invoke, &stack);
        write_word((uint32_t)status);
    }
    return stack;
}

static void dump_outputs(const mcuf_layer *layer)
{
    write_word(layer->n_outputs);
    for (uint32_t i = 0; i < layer->n_outputs; i++) {
        const mcuf_view *view = &layer->outputs[i];
        write_word(view->tensor);
        write_word(view->bytes);
        mcuf_port_write(view->data, view->bytes);
    }
}

static void run_layers(uint32_t mode)
{
    for (uint32_t i = 0; i < model->n_layers; i++) {
        const mcuf_layer *layer = &model->layers[i];
        write_word(layer->index);
        if (mode & MODE_TIME) {
            write_time(mcuf_port_time_run(layer->run));
        } else {
            layer->run();
        }
        if (mode & MODE_DUMP) {
            dump_outputs(layer);
        }
    }
}

static uint32_t replay_vector(uint32_t mode)
{
    uint32_t stack = 0;
    for (uint32_t i = 0; i < model->n_inputs; i++) {
        mcuf_port_read(model->inputs[i].data, model->inputs[i].bytes);
    }
    if (mode & MODE_LAYERS) {
        run_layers(mode);
    } else {
        stack = run_whole(mode);
    }
    for (uint32_t i = 0; i < model->n_outputs; i++) {
        mcuf_port_write(model->outputs[i].data, model->outputs[i].bytes);
    }
    return stack;
}

int main(void)
{
    mcuf_port_open();
    const request_header request = read_request();
    write_header(&request);
    paint_arena();
    if (model->reset) {
        model->reset();
    }
    uint32_t stack_high_water = 0;
    for (uint32_t i = 0; i < request.n_vectors; i++) {
        const uint32_t stack = replay_vector(request.mode);
        stack_high_water = stack > stack_high_water ? stack : stack_high_water;
    }
    write_word(RESULT_MAGIC);
    write_word(stack_high_water);
    write_word(arena_high_water());
    mcuf_port_exit(MCUF_EXIT_OK, NULL);
}
