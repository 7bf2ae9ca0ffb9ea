/* The counter of cycles as a clock that tells instructions: under `-icount` QEMU advances it with every instruction.
 *
 * It has 64 bits and no interrupt. Source: The RISC-V Instruction Set Manual, volume II, "Hardware Performance Monitor".
 */
#include "qemu/clock.h"

enum { LOOP_PASSES = 1 << 19 };

const uint32_t mcuf_clock_interrupt_instructions = 0;
const uint32_t mcuf_clock_loop_instructions = 1 + 2 * LOOP_PASSES; /* one to start, two for each pass */

static uint64_t started;

static inline uint64_t cycles(void)
{
    uint32_t low, high, again;
    do {
        __asm__ volatile(".option push\n"
                         ".option arch, +zicsr\n"
                         "csrr %0, mcycleh\n"
                         "csrr %1, mcycle\n"
                         "csrr %2, mcycleh\n"
                         ".option pop\n"
                         : "=&r"(high), "=&r"(low), "=&r"(again)::"memory");
    } while (high != again);
    return (uint64_t)high << 32 | low;
}

void mcuf_clock_start(void)
{
    started = cycles();
}

mcuf_time mcuf_clock_stop(void)
{
    const mcuf_time time = {cycles() - started, 0};
    return time;
}

__attribute__((naked)) void mcuf_clock_empty_run(void)
{
    __asm__ volatile("ret");
}

__attribute__((naked)) int mcuf_clock_empty_invoke(void)
{
    __asm__ volatile("ret");
}

__attribute__((naked)) void mcuf_clock_loop(void)
{
    __asm__ volatile("lui a0, %0\n"
                     "1: addi a0, a0, -1\n"
                     "bnez a0, 1b\n"
                     "ret\n"
                     :
                     : "i"(LOOP_PASSES >> 12));
}
