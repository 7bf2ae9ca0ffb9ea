/* How much stack an inference takes: what is free is painted, and what is no longer paint was used.
 *
 * Leaving the stack altogether must fault at once: on an emulated board, unlike most chips, something may answer below.
 */
#include "qemu/stack.h"

#include "replay/port.h"

enum { MAXIMUM_GUARD_BITS = 20 };

static const uint32_t paint = 0x5afe57acu;

uint32_t mcuf_stack_guard_bits(void)
{
    const uint32_t limit = (uint32_t)mcuf_stack_limit;
    uint32_t bits = MAXIMUM_GUARD_BITS;
    while ((limit & ((1u << bits) - 1)) != 0) {
        bits--;
    }
    return bits;
}

static inline uint32_t *stack_pointer(void)
{
    uint32_t *pointer;
#if defined(__riscv)
    __asm__ volatile("mv %0, sp" : "=r"(pointer));
#else
    __asm__ volatile("mov %0, sp" : "=r"(pointer));
#endif
    return pointer;
}

int mcuf_port_invoke(int (*invoke)(void), uint32_t *stack_used)
{
    const uint32_t *const top = stack_pointer();
    for (uint32_t *word = mcuf_stack_limit; word < top; word++) {
        *word = paint;
    }
    const int status = invoke();
    const uint32_t *lowest = mcuf_stack_limit;
    while (lowest < top && *lowest == paint) {
        lowest++;
    }
    if (lowest == mcuf_stack_limit) {
        mcuf_port_exit(MCUF_EXIT_STACK, "stack overflow");
    }
    *stack_used = (uint32_t)(top - lowest) * (uint32_t)sizeof *lowest;
    return status;
}
