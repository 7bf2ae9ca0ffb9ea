/* SysTick as a clock that tells instructions.
 *
 * With `-icount shift=8` one instruction takes 256 ns: 6.4 ticks of a 25 MHz SysTick. A tick is less than an
 * instruction, so the count is exact. The 24-bit counter wraps every 2^24 ticks (2.6 million instructions); an interrupt
 * counts the wraps. Its handler is five instructions, known, and taken off again; exception entry and return cost none.
 */
#include "qemu/clock.h"

#define SYSTICK_CONTROL (*(volatile uint32_t *)0xe000e010u)
#define SYSTICK_RELOAD (*(volatile uint32_t *)0xe000e014u)
#define SYSTICK_CURRENT (*(volatile uint32_t *)0xe000e018u)

enum { ENABLE = 1, INTERRUPT = 2, CORE_CLOCK = 4 };
enum { PERIOD_BITS = 24, LOOP_PASSES = 1 << 19 };

const uint32_t mcuf_clock_interrupt_instructions = 5;
const uint32_t mcuf_clock_loop_instructions = 2 + 2 * LOOP_PASSES; /* two to start, two for each pass */

volatile uint32_t mcuf_counter_wraps;

void SysTick_Handler(void);

__attribute__((naked)) void SysTick_Handler(void)
{
    __asm__ volatile("ldr r0, =mcuf_counter_wraps\n"
                     "ldr r1, [r0]\n"
                     "adds r1, #1\n"
                     "str r1, [r0]\n"
                     "bx lr\n"
                     ".ltorg\n");
}

void mcuf_clock_start(void)
{
    SYSTICK_RELOAD = (1u << PERIOD_BITS) - 1;
    SYSTICK_CURRENT = 0;
    mcuf_counter_wraps = 0;
    __asm__ volatile("" ::: "memory");
    SYSTICK_CONTROL = ENABLE | INTERRUPT | CORE_CLOCK;
}

/* A counter that stopped at 0 has finished a period whose interrupt will not come. */
mcuf_time mcuf_clock_stop(void)
{
    SYSTICK_CONTROL = CORE_CLOCK;
    __asm__ volatile("dsb\n isb" ::: "memory");
    const uint32_t wraps = mcuf_counter_wraps;
    const uint64_t rest = (1u << PERIOD_BITS) - SYSTICK_CURRENT;
    const mcuf_time time = {((uint64_t)wraps << PERIOD_BITS) + rest, wraps};
    return time;
}

__attribute__((naked)) void mcuf_clock_empty_run(void)
{
    __asm__ volatile("bx lr");
}

__attribute__((naked)) int mcuf_clock_empty_invoke(void)
{
    __asm__ volatile("bx lr");
}

__attribute__((naked)) void mcuf_clock_loop(void)
{
    __asm__ volatile("movs r0, #1\n"
                     "lsls r0, r0, #19\n"
                     "1: subs r0, #1\n"
                     "bne 1b\n"
                     "bx lr\n");
}
