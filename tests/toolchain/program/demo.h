#ifndef DEMO_H
#define DEMO_H

#include <stdint.h>

#ifndef ARENA_BYTES
#define ARENA_BYTES 5000
#endif

extern const int8_t demo_weights_conv[];
extern const int32_t demo_weights_bias[7];
extern const int32_t demo_quant_0_multiplier[5];
extern int8_t demo_arena[ARENA_BYTES];

int32_t demo_conv(const int8_t *weights, const int32_t *bias);
int32_t demo_invoke(void);

#endif
