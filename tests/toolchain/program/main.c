/* An application with each kind of data: initialised, zero, constant, mergeable strings, odd sizes. */
#include "demo.h"

volatile int32_t result;
volatile int64_t wide = 0x123456789LL;
volatile char initialised[13] = "initialised!";
char zeroed[37];
static const char *volatile name = "a mergeable string";

int main(void)
{
    result = demo_invoke();
    wide = wide / (1 + zeroed[3] * (int64_t)initialised[2]);
    return name[result & 7];
}
