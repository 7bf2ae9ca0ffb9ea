#include "demo.h"


__attribute__((aligned(16))) int8_t demo_arena[ARENA_BYTES];

int32_t demo_invoke(void)
{
    demo_arena[0] = (int8_t)demo_quant_0_multiplier[demo_arena[1] & 3];
    return demo_conv(demo_weights_conv, demo_weights_bias) + demo_arena[0];
}
