/* What start-up code owes to C. The exit code, 0 or the failing check's number, goes to QEMU by semihosting. */
#include <stdint.h>

enum { SYS_EXIT_EXTENDED = 0x20, APPLICATION_EXIT = 0x20026 };

void mcuf_unhandled_exception(const uint32_t *frame);

extern const int8_t demo_weights_conv[8];
const int8_t demo_weights_conv[8] = {11, 22, 33, 44, 55, 66, 77, 88};
extern int8_t demo_arena[512];
int8_t demo_arena[512];

static volatile int32_t initialised[5] = {1, 2, 3, 4, 5};
static volatile int32_t zeroed[9];
static volatile float half = 0.5F;

static void finish(int status)
{
    volatile uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)status};
#if defined(__riscv)
    register uint32_t operation __asm("a0") = SYS_EXIT_EXTENDED;
    register volatile uint32_t *parameter __asm("a1") = block;
    __asm volatile(".option push\n.option norvc\n.balign 16\n"
                   "slli x0, x0, 0x1f\nebreak\nsrai x0, x0, 7\n.option pop"
                   : "+r"(operation)
                   : "r"(parameter)
                   : "memory");
#else
    register uint32_t operation __asm("r0") = SYS_EXIT_EXTENDED;
    register volatile uint32_t *parameter __asm("r1") = block;
    __asm volatile("bkpt 0xab" : "+r"(operation) : "r"(parameter) : "memory");
#endif
    for (;;) {
    }
}

void mcuf_unhandled_exception(const uint32_t *frame)
{
    (void)frame;
    finish(99);
}

#ifdef OVERFLOW_THE_STACK
static volatile int32_t depth_limit = 1 << 20;

static int32_t __attribute__((noinline)) recurse(int32_t depth)
{
    volatile int32_t frame[16] = {depth};
    return depth < depth_limit ? recurse(depth + 1) + frame[0] : frame[1];
}
#endif

static int check(void)
{
    for (int32_t i = 0; i < 5; i++) {
        if (initialised[i] != i + 1) {
            return 1;
        }
    }
    for (int32_t i = 0; i < 9; i++) {
        if (zeroed[i] != 0) {
            return 2;
        }
    }
    for (int32_t i = 0; i < 512; i++) {
        if (((volatile int8_t *)demo_arena)[i] != 0) {
            return 3;
        }
    }
    for (int32_t i = 0; i < 8; i++) {
        if (((const volatile int8_t *)demo_weights_conv)[i] != 11 * (i + 1)) {
            return 4;
        }
    }
    return half * half == 0.25F ? 0 : 5;
}

int main(void)
{
#ifdef OVERFLOW_THE_STACK
    finish(recurse(0));
#endif
#ifdef RAISE_AN_EXCEPTION
#if defined(__riscv)
    __asm volatile("ecall");
#else
    __asm volatile("svc 0");
#endif
#endif
    finish(check());
    return 0;
}
