/* What counter.c needs from the core: a clock that tells instructions under `-icount`, and code of known length. */
#ifndef MCUF_CLOCK_H
#define MCUF_CLOCK_H

#include "replay/port.h"

void mcuf_clock_start(void);
mcuf_time mcuf_clock_stop(void);

/* Do nothing, in one instruction: what measuring itself costs. */
void mcuf_clock_empty_run(void);
int mcuf_clock_empty_invoke(void);

/* Executes exactly this many instructions more than mcuf_clock_empty_run. */
void mcuf_clock_loop(void);
extern const uint32_t mcuf_clock_loop_instructions;

/* What the clock's own interrupt executes each time it runs; 0 where there is none. */
extern const uint32_t mcuf_clock_interrupt_instructions;

#endif
