/* The replay program's files and exit on this computer, which has neither a deterministic clock nor a bounded stack. */
#include <stdio.h>
#include <stdlib.h>

#include "replay/port.h"

static FILE *request;
static FILE *result;

void mcuf_port_open(void)
{
    request = fopen("request.bin", "rb");
    if (request == NULL) {
        mcuf_port_exit(MCUF_EXIT_REQUEST, "request.bin cannot be opened");
    }
    result = fopen("result.bin", "wb");
    if (result == NULL) {
        mcuf_port_exit(MCUF_EXIT_RESULT, "result.bin cannot be created");
    }
}

void mcuf_port_read(void *data, uint32_t bytes)
{
    if (fread(data, 1, bytes, request) != bytes) {
        mcuf_port_exit(MCUF_EXIT_REQUEST, "request.bin is too short");
    }
}

void mcuf_port_write(const void *data, uint32_t bytes)
{
    if (fwrite(data, 1, bytes, result) != bytes) {
        mcuf_port_exit(MCUF_EXIT_RESULT, "result.bin cannot be written");
    }
}

void mcuf_port_exit(int code, const char *message)
{
    if (message != NULL) {
        fprintf(stderr, "mcuforge: %s\n", message);
    }
    if (result != NULL && fclose(result) != 0) {
        exit(MCUF_EXIT_RESULT);
    }
    exit(code);
}

mcuf_calibration mcuf_port_calibrate(void)
{
    const mcuf_calibration no_clock = {0};
    return no_clock;
}

mcuf_time mcuf_port_time_run(void (*run)(void))
{
    const mcuf_time no_time = {0, 0};
    run();
    return no_time;
}

mcuf_time mcuf_port_time_invoke(int (*invoke)(void), int *status)
{
    const mcuf_time no_time = {0, 0};
    *status = invoke();
    return no_time;
}

int mcuf_port_invoke(int (*invoke)(void), uint32_t *stack_used)
{
    *stack_used = 0;
    return invoke();
}
