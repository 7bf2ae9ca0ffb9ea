/* Text through the Instrumentation Trace Macrocell (SWO pin), stimulus port 0: shown by a debugger, harmless without.
 *
 * Registers: Armv7-M and Armv8-M architecture reference manuals, "Instrumentation Trace Macrocell". Armv6-M and the
 * Armv8-M baseline have none; a port of them defines its own `mcuf_put`.
 */
#include "golden.h"

#if defined(__ARM_ARCH_7M__) || defined(__ARM_ARCH_7EM__) || defined(__ARM_ARCH_8M_MAIN__) || \
    defined(__ARM_ARCH_8_1M_MAIN__)

#define DEBUG_CONTROL (*(volatile uint32_t *)0xe000edfcu) /* DEMCR */
#define TRACE_CONTROL (*(volatile uint32_t *)0xe0000e80u) /* ITM_TCR */
#define PORTS_ENABLED (*(volatile uint32_t *)0xe0000e00u) /* ITM_TER */
#define PORT_READY (*(volatile uint32_t *)0xe0000000u)    /* ITM_STIM0 */
#define PORT_BYTE (*(volatile uint8_t *)0xe0000000u)

enum { DEBUG_TRACE_ENABLED = 1 << 24, MAX_POLLS = 100000 };

static int is_listened_to(void)
{
    return (DEBUG_CONTROL & DEBUG_TRACE_ENABLED) != 0 && (TRACE_CONTROL & 1u) != 0 && (PORTS_ENABLED & 1u) != 0;
}

/* Whether the port takes a byte now. A debugger that went away must not stop the program. */
static int wait_for_port(void)
{
    for (uint32_t polls = 0; polls < MAX_POLLS; polls++) {
        if (PORT_READY & 1u) {
            return 1;
        }
    }
    return 0;
}

__attribute__((weak)) void mcuf_put(const char *text)
{
    if (!is_listened_to()) {
        return;
    }
    while (*text != '\0' && wait_for_port()) {
        PORT_BYTE = (uint8_t)*text++;
    }
}

#else

__attribute__((weak)) void mcuf_put(const char *text)
{
    (void)text;
}

#endif
