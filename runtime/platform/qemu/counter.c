/* Counts instructions of calls, under `-icount`: there, every instruction advances the emulator's clock by the same time.
 *
 * What one tick is worth is measured, by a loop of known length, since clocks differ between cores and machines. Calling
 * and measuring cost the same each time, which the calls that do nothing tell.
 */
#include "qemu/clock.h"
#include "replay/port.h"

__attribute__((noinline)) mcuf_time mcuf_port_time_run(void (*run)(void))
{
    mcuf_clock_start();
    run();
    return mcuf_clock_stop();
}

__attribute__((noinline)) mcuf_time mcuf_port_time_invoke(int (*invoke)(void), int *status)
{
    mcuf_clock_start();
    *status = invoke();
    return mcuf_clock_stop();
}

mcuf_calibration mcuf_port_calibrate(void)
{
    int status;
    const mcuf_calibration calibration = {
        .loop_instructions = mcuf_clock_loop_instructions,
        .interrupt_instructions = mcuf_clock_interrupt_instructions,
        .loop = mcuf_port_time_run(mcuf_clock_loop),
        .empty_run = mcuf_port_time_run(mcuf_clock_empty_run),
        .empty_invoke = mcuf_port_time_invoke(mcuf_clock_empty_invoke, &status),
    };
    return calibration;
}
