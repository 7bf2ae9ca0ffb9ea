#include <stdlib.h>

#include "demo.h"

void *_sbrk(int count);

void *_sbrk(int count)
{
    static char memory[256];
    static int used;
    used += count;
    return memory + used - count;
}

int main(void)
{
    char *volatile buffer = malloc(16);
    buffer[0] = (char)demo_invoke();
    return buffer[0];
}
