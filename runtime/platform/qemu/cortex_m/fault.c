/* Ends the emulation at a hard fault, saying where it happened, instead of hanging in a handler.
 *
 * All other faults escalate to HardFault, since nothing enables their own handlers.
 */
#include "qemu/semihosting.h"
#include "qemu/stack.h"
#include "replay/port.h"

#define FAULT_STATUS (*(volatile uint32_t *)0xe000ed28u)       /* CFSR */
#define HARD_FAULT_STATUS (*(volatile uint32_t *)0xe000ed2cu)  /* HFSR */
#define BUS_FAULT_ADDRESS (*(volatile uint32_t *)0xe000ed38u)  /* BFAR */

enum { STACK_LIMIT_PASSED = 1 << 20 }; /* CFSR.STKOF, Armv8-M only */

/* What the core pushes at an exception, above any floating-point state. */
typedef struct {
    uint32_t r0, r1, r2, r3, r12, lr, pc, psr;
} exception_frame;

/* The fault may be the stack's: the handler has one of its own. */
uint64_t mcuf_fault_stack[64];

void HardFault_Handler(void);
void mcuf_fault_report(const exception_frame *frame) __attribute__((noreturn, used));

__attribute__((naked)) void HardFault_Handler(void)
{
    __asm__ volatile("mov r0, sp\n"
#if __ARM_ARCH >= 8
                     "movs r1, #0\n"
                     "msr msplim, r1\n"
#endif
                     "ldr r1, =mcuf_fault_stack + %c0\n"
                     "mov sp, r1\n"
                     "b mcuf_fault_report\n"
                     ".ltorg\n"
                     :
                     : "i"(sizeof mcuf_fault_stack));
}

/* A frame at the stack's limit was not pushed: the core had no room for it. */
static int is_on_stack(const exception_frame *frame)
{
    return (const uint32_t *)frame > mcuf_stack_limit && (const uint32_t *)(frame + 1) <= mcuf_stack_top;
}

void mcuf_fault_report(const exception_frame *frame)
{
    const int on_stack = is_on_stack(frame);
    const int overflow = !on_stack || (FAULT_STATUS & STACK_LIMIT_PASSED) != 0;
    mcuf_semihosting_print("mcuforge: registers");
    if (on_stack) {
        mcuf_semihosting_print_word(" pc=", frame->pc);
        mcuf_semihosting_print_word(" lr=", frame->lr);
    }
    mcuf_semihosting_print_word(" sp=", (uint32_t)frame);
    mcuf_semihosting_print_word(" cfsr=", FAULT_STATUS);
    mcuf_semihosting_print_word(" hfsr=", HARD_FAULT_STATUS);
    mcuf_semihosting_print_word(" bfar=", BUS_FAULT_ADDRESS);
    mcuf_semihosting_print("\n");
    mcuf_port_exit(overflow ? MCUF_EXIT_STACK : MCUF_EXIT_FAULT, overflow ? "stack overflow" : "hard fault");
}
