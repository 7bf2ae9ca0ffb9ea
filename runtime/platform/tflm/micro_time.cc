// No clock: TFLM asks only when a profiler is attached, and mcuforge counts instructions in the emulator instead.
#include "tensorflow/lite/micro/micro_time.h"

namespace MCUF_TFLM_NAMESPACE {

uint32_t ticks_per_second()
{
    return 0;
}

uint32_t GetCurrentTimeTicks()
{
    return 0;
}

}  // namespace MCUF_TFLM_NAMESPACE
