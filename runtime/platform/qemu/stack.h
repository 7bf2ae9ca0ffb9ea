/* Where the stack is (symbols of the linker script), and how an overflow of it is told from other faults. */
#ifndef MCUF_STACK_H
#define MCUF_STACK_H

#include <stdint.h>

extern uint32_t __stack_limit[]; /* its lowest word */
extern uint32_t __stack_top[];   /* the first byte above it */

#endif
