#include <stdio.h>

#include "hello.h"

int main(void)
{
    *hello_input() = 3;
    if (hello_invoke() != HELLO_OK) {
        return 1;
    }
    printf("%d\n", hello_output()[0]);
    return 0;
}
