#include <math.h>
#include <string.h>

#include "demo.h"

int32_t demo_conv(const int8_t *weights, const int32_t *bias)
{
    memcpy(demo_arena, weights, 64);
    return bias[demo_arena[2] & 3] + (int32_t)expf((float)weights[5]);
}
