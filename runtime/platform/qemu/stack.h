/* Where the stack is (symbols of the generated linker script), and what guards it. */
#ifndef MCUF_STACK_H
#define MCUF_STACK_H

#include <stdint.h>

extern uint32_t mcuf_stack_limit[]; /* its lowest word */
extern uint32_t mcuf_stack_top[];   /* the first word above it */

/* Makes the memory below the stack fault, where the core can. */
void mcuf_stack_guard(void);

/* The largest power of two, up to 2^20 bytes, of which the stack's limit is a multiple: memory protection wants the region
 * below the stack to be one of its own size. */
uint32_t mcuf_stack_guard_bits(void);

#endif
