/* Tries one size of the arena. A program of its own for each try: TFLM may crash in an arena that is too small.
 *
 * request: the size in bytes; 0 asks for the largest
 * result:  the size tried, the status of the preparation, bytes used, bytes of them in the head
 */
#include "tflm/sizing.h"

#include "replay/port.h"

int main(void)
{
    uint32_t bytes;
    mcuf_port_open();
    mcuf_port_read(&bytes, sizeof bytes);
    if (bytes == 0 || bytes > mcuf_sizing_ceiling) {
        bytes = mcuf_sizing_ceiling;
    }
    const int status = mcuf_sizing_prepare(bytes);
    const uint32_t used = status == 0 ? mcuf_sizing_used() : 0;
    /* Last, because it builds a second interpreter in the same arena. */
    const uint32_t head = status == 0 && bytes == mcuf_sizing_ceiling ? mcuf_sizing_head() : 0;
    const uint32_t result[] = {bytes, (uint32_t)status, used, head};
    mcuf_port_write(result, sizeof result);
    mcuf_port_exit(MCUF_EXIT_OK, (const char *)0);
}
