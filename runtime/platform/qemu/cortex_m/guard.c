/* On Armv8-M the start-up code sets MSPLIM; on Armv7-M the MPU denies what lies below the stack. */
#include "qemu/stack.h"

#if __ARM_ARCH == 7

#define MPU_TYPE (*(volatile uint32_t *)0xe000ed90u)
#define MPU_CONTROL (*(volatile uint32_t *)0xe000ed94u)
#define MPU_NUMBER (*(volatile uint32_t *)0xe000ed98u)
#define MPU_BASE (*(volatile uint32_t *)0xe000ed9cu)
#define MPU_ATTRIBUTES (*(volatile uint32_t *)0xe000eda0u)

enum { MPU_REGIONS = 0xff00, MPU_ENABLE = 1, MPU_DEFAULT_MAP = 4, MPU_MINIMUM_BITS = 5 };
enum { REGION_ENABLE = 1, REGION_NEVER_EXECUTE = 1 << 28 }; /* no access permission bit set: nobody may access */

void mcuf_stack_guard(void)
{
    const uint32_t bits = mcuf_stack_guard_bits();
    if ((MPU_TYPE & MPU_REGIONS) == 0 || bits < MPU_MINIMUM_BITS) {
        return;
    }
    MPU_NUMBER = 0;
    MPU_BASE = (uint32_t)mcuf_stack_limit - (1u << bits);
    MPU_ATTRIBUTES = (uint32_t)REGION_NEVER_EXECUTE | (bits - 1) << 1 | REGION_ENABLE;
    MPU_CONTROL = MPU_DEFAULT_MAP | MPU_ENABLE;
    __asm__ volatile("dsb\n isb" ::: "memory");
}

#else

void mcuf_stack_guard(void)
{
}

#endif
