/* How deep the stack gets below a caller: free stack is painted, and what is no longer paint was used. */
#include "qemu/stack.h"

#include "replay/port.h"

static const uint32_t paint = 0x5afe57acu;

static inline uint32_t *stack_pointer(void)
{
    uint32_t *pointer;
    __asm__ volatile("mov %0, sp" : "=r"(pointer));
    return pointer;
}

void mcuf_port_stack_mark(void)
{
    for (uint32_t *word = __stack_limit; word < stack_pointer(); word++) {
        *word = paint;
    }
}

uint32_t mcuf_port_stack_used(void)
{
    const uint32_t *lowest = __stack_limit;
    while (lowest < stack_pointer() && *lowest == paint) {
        lowest++;
    }
    if (lowest == __stack_limit) {
        mcuf_port_exit(MCUF_EXIT_STACK, "stack overflow");
    }
    return (uint32_t)(stack_pointer() - lowest) * (uint32_t)sizeof *lowest;
}
