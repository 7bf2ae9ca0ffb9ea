/* A model by hand: RELU over 8 int8 values, then the maximum of each pair (see tests/emulate/handmade.py).
 *
 * Macros spoil it in the ways that an emulation must notice. */
#include <stddef.h>

#include "replay.h"

enum { ZERO_POINT = -10, VALUES = 8 };

/* Input, then the output of layer 0, then that of layer 1 where the input was; the last 16 bytes stay unused. */
static int8_t arena[48] __attribute__((aligned(16)));
static int8_t *const middle = arena + 16;

static void relu(void)
{
    for (int i = 0; i < VALUES; i++) {
        middle[i] = arena[i] > ZERO_POINT ? arena[i] : ZERO_POINT;
    }
#if defined(WRONG_HIDDEN)
    middle[WRONG_HIDDEN] -= 1;
#endif
#if defined(FAULTS) && defined(__riscv)
    __asm__ volatile("unimp");
#elif defined(FAULTS)
    __asm__ volatile(".inst.n 0xde00"); /* permanently undefined */
#elif defined(CRASHES)
    static volatile int *volatile nowhere;
    *nowhere = 1;
#elif defined(NEVER_ENDS)
    for (;;) {
    }
#elif defined(STACK_BYTES_USED)
    volatile uint8_t buffer[STACK_BYTES_USED];
    buffer[0] = 1;
    (void)buffer[0];
#elif defined(PASSES)
    static const volatile uint32_t count = PASSES; /* loaded: a constant would take as many instructions as its size asks */
    uint32_t passes = count;
#if defined(__riscv)
    __asm__ volatile("1: addi %0, %0, -1\n bnez %0, 1b" : "+r"(passes));
#else
    __asm__ volatile("1: subs %0, #1\n bne 1b" : "+r"(passes) : : "cc");
#endif
#endif
}

static void max_pool(void)
{
    for (int i = 0; i < VALUES / 2; i++) {
        const int8_t left = middle[2 * i];
        const int8_t right = middle[2 * i + 1];
        arena[i] = left > right ? left : right;
    }
#if defined(WRONG_ELEMENT)
    arena[WRONG_ELEMENT] ^= 1;
#endif
}

static int invoke(void)
{
    relu();
    max_pool();
#if defined(INVOKE_DIFFERS)
    arena[0] ^= 1;
#elif defined(DEPENDS_ON_CLOCK)
    arena[0] ^= (int8_t)(*(volatile uint32_t *)0xe000e010u & 1u); /* SysTick is enabled */
#endif
#if defined(STATUS)
    return STATUS;
#else
    return 0;
#endif
}

static const mcuf_buffer inputs[] = {{VALUES, arena}};
static const mcuf_view layer_0[] = {{1, VALUES, arena + 16}};
static const mcuf_view layer_1[] = {{2, VALUES / 2, arena}};
static const mcuf_layer layers[] = {{0, "RELU", relu, layer_0, 1}, {1, "MAX_POOL_2D", max_pool, layer_1, 1}};

const mcuf_model mcuf_replay_model = {
    .name = "handmade",
    .inputs = inputs,
    .outputs = layer_1,
    .layers = layers,
    .n_inputs = 1,
    .n_outputs = 1,
    .n_layers = 2,
    .invoke = invoke,
    .reset = NULL,
    .arena = {sizeof arena, arena},
};
