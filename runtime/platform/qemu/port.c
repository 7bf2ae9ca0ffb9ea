/* The replay program's files and exit on an emulated machine. */
#include <stddef.h>

#include "qemu/semihosting.h"
#include "qemu/stack.h"
#include "replay/port.h"

static int32_t request;
static int32_t result;

void mcuf_port_open(void)
{
    mcuf_stack_guard();
    request = mcuf_semihosting_open("request.bin", MCUF_OPEN_READ);
    if (request < 0) {
        mcuf_port_exit(MCUF_EXIT_REQUEST, "request.bin cannot be opened");
    }
    result = mcuf_semihosting_open("result.bin", MCUF_OPEN_WRITE);
    if (result < 0) {
        mcuf_port_exit(MCUF_EXIT_RESULT, "result.bin cannot be created");
    }
}

void mcuf_port_read(void *data, uint32_t bytes)
{
    if (mcuf_semihosting_read(request, data, bytes) != 0) {
        mcuf_port_exit(MCUF_EXIT_REQUEST, "request.bin is too short");
    }
}

void mcuf_port_write(const void *data, uint32_t bytes)
{
    if (mcuf_semihosting_write(result, data, bytes) != 0) {
        mcuf_port_exit(MCUF_EXIT_RESULT, "result.bin cannot be written");
    }
}

void mcuf_port_exit(int code, const char *message)
{
    if (message != NULL) {
        mcuf_semihosting_print("mcuforge: ");
        mcuf_semihosting_print(message);
        mcuf_semihosting_print("\n");
    }
    mcuf_semihosting_close(result);
    mcuf_semihosting_exit(code);
}
