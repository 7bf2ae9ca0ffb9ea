/* How much stack an inference takes: what is free is painted, and what is no longer paint was used.
 *
 * Leaving the stack altogether must fault at once. On Armv8-M the start-up code sets MSPLIM; on Armv7-M the MPU denies
 * what lies below (on an emulated board, unlike most chips, something may answer there).
 */
#include "qemu/stack.h"

#include "replay/port.h"

static const uint32_t paint = 0x5afe57acu;

#if __ARM_ARCH == 7

#define MPU_TYPE (*(volatile uint32_t *)0xe000ed90u)
#define MPU_CONTROL (*(volatile uint32_t *)0xe000ed94u)
#define MPU_NUMBER (*(volatile uint32_t *)0xe000ed98u)
#define MPU_BASE (*(volatile uint32_t *)0xe000ed9cu)
#define MPU_ATTRIBUTES (*(volatile uint32_t *)0xe000eda0u)

enum { MPU_REGIONS = 0xff00, MPU_ENABLE = 1, MPU_DEFAULT_MAP = 4 };
enum { REGION_ENABLE = 1, REGION_NEVER_EXECUTE = 1 << 28 }; /* no access permission bit set: nobody may access */

/* Denies the 2^`bits` bytes below the stack. A region's base must be a multiple of its size, and so must the limit. */
void mcuf_stack_guard(void)
{
    const uint32_t limit = (uint32_t)mcuf_stack_limit;
    uint32_t bits = 20;
    while ((limit & ((1u << bits) - 1)) != 0) {
        bits--;
    }
    if ((MPU_TYPE & MPU_REGIONS) == 0 || bits < 5) {
        return;
    }
    MPU_NUMBER = 0;
    MPU_BASE = limit - (1u << bits);
    MPU_ATTRIBUTES = (uint32_t)REGION_NEVER_EXECUTE | (bits - 1) << 1 | REGION_ENABLE;
    MPU_CONTROL = MPU_DEFAULT_MAP | MPU_ENABLE;
    __asm__ volatile("dsb\n isb" ::: "memory");
}

#else

void mcuf_stack_guard(void)
{
}

#endif

static inline uint32_t *stack_pointer(void)
{
    uint32_t *pointer;
    __asm__ volatile("mov %0, sp" : "=r"(pointer));
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
