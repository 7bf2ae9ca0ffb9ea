/* What the replay program needs from the machine it runs on: files, an exit, and where there are, a clock and a stack. */
#ifndef MCUF_REPLAY_PORT_H
#define MCUF_REPLAY_PORT_H

#include <stdint.h>

#include "replay.h"

/* Exit codes of a twin; site_scons/mcuforge/emulate/replay.py holds the same table. */
enum {
    MCUF_EXIT_OK = 0,
    MCUF_EXIT_REQUEST = 16, /* the request is not for this model, or not readable */
    MCUF_EXIT_RESULT = 17,  /* the result file cannot be written */
    MCUF_EXIT_FAULT = 18,
    MCUF_EXIT_STACK = 19
};

/* Clock ticks of one measured call, and how often the clock's interrupt ran meanwhile. */
typedef struct {
    uint64_t ticks;
    uint32_t interrupts;
} mcuf_time;

/* What turns ticks into instructions; all zero on a machine without a clock.
 *
 * `loop_time` is that of exactly `loop_instructions` instructions more than `empty_run` took, each interrupt executes
 * `interrupt_instructions`, and `empty_run` and `empty_invoke` are the cost of measuring itself. */
typedef struct {
    uint32_t loop_instructions;
    uint32_t interrupt_instructions;
    mcuf_time loop;
    mcuf_time empty_run;
    mcuf_time empty_invoke;
} mcuf_calibration;

/* Opens `request.bin` and creates `result.bin` in the working directory. */
void mcuf_port_open(void);
/* Reads or writes exactly `bytes`, or ends the program. */
void mcuf_port_read(void *data, uint32_t bytes);
void mcuf_port_write(const void *data, uint32_t bytes);
void mcuf_port_exit(int code, const char *message) __attribute__((noreturn));

mcuf_calibration mcuf_port_calibrate(void);
mcuf_time mcuf_port_time_run(void (*run)(void));
mcuf_time mcuf_port_time_invoke(int (*invoke)(void), int *status);

/* Calls `invoke`, whose status it returns, and says how many bytes of stack that took: 0 where the stack is unknown.
 * A stack written to its end is an overflow and ends the program. */
int mcuf_port_invoke(int (*invoke)(void), uint32_t *stack_used);

#endif
