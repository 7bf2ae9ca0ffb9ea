/* Ends the emulation at a trap, saying where it happened, instead of hanging in a handler.
 *
 * Source: The RISC-V Instruction Set Manual, volume II, "Machine Cause Register".
 */
#include "qemu/semihosting.h"
#include "qemu/stack.h"
#include "replay/port.h"

#define READ_CSR(name, value)                                                                         \
    __asm__ volatile(".option push\n.option arch, +zicsr\ncsrr %0, " name "\n.option pop" : "=r"(value))

enum { LOAD_ACCESS_FAULT = 5, STORE_ACCESS_FAULT = 7 };

void mcuf_unhandled_exception(const uint32_t *frame) __attribute__((noreturn));

/* The start-up code has no frame to show: registers are as the trap left them, `frame` is the stack pointer. */
void mcuf_unhandled_exception(const uint32_t *frame)
{
    uint32_t cause, place, value;
    READ_CSR("mcause", cause);
    READ_CSR("mepc", place);
    READ_CSR("mtval", value);
    const uint32_t limit = (uint32_t)mcuf_stack_limit;
    const int is_access = cause == LOAD_ACCESS_FAULT || cause == STORE_ACCESS_FAULT;
    const int is_below = value < limit && limit - value <= 1u << mcuf_stack_guard_bits();
    const int overflow = is_access && is_below;
    mcuf_semihosting_print("mcuforge: registers");
    mcuf_semihosting_print_word(" pc=", place);
    mcuf_semihosting_print_word(" sp=", (uint32_t)frame);
    mcuf_semihosting_print_word(" mcause=", cause);
    mcuf_semihosting_print_word(" mtval=", value);
    mcuf_semihosting_print("\n");
    mcuf_port_exit(overflow ? MCUF_EXIT_STACK : MCUF_EXIT_FAULT, overflow ? "stack overflow" : "trap");
}
