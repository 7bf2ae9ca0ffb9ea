// Nothing to set up: start-up code has done it.
#include "tensorflow/lite/micro/system_setup.h"

namespace MCUF_TFLM_NAMESPACE {

void InitializeTarget()
{
}

}  // namespace MCUF_TFLM_NAMESPACE
