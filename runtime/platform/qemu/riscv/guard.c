/* Physical memory protection denies what lies below the stack: a locked entry holds for machine mode too.
 *
 * Source: The RISC-V Instruction Set Manual, volume II, "Physical Memory Protection".
 */
#include "qemu/stack.h"

enum { LOCKED = 0x80, NATURALLY_ALIGNED_POWER_OF_TWO = 0x18, MINIMUM_BITS = 3 }; /* no permission bit set */

void mcuf_stack_guard(void)
{
    const uint32_t bits = mcuf_stack_guard_bits();
    if (bits < MINIMUM_BITS) {
        return;
    }
    /* Bits 33 to 2 of the address; the ones at its end tell the size. */
    const uint32_t base = (uint32_t)mcuf_stack_limit - (1u << bits);
    const uint32_t address = base >> 2 | ((1u << (bits - MINIMUM_BITS)) - 1u);
    __asm__ volatile(".option push\n"
                     ".option arch, +zicsr\n"
                     "csrw pmpaddr0, %0\n"
                     "csrw pmpcfg0, %1\n"
                     ".option pop\n"
                     :
                     : "r"(address), "r"((uint32_t)(LOCKED | NATURALLY_ALIGNED_POWER_OF_TWO))
                     : "memory");
}
