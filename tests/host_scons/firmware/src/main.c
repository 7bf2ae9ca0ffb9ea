#include "hello.h"
#include "kws.h"

#ifndef OWN_FLAG
#error "the host's own flags are gone"
#endif

volatile int sink;

int main(void)
{
    for (;;) {
        sink = (int)hello_invoke() + (int)kws_invoke() + hello_output()[0] + kws_output()[0];
    }
}

__attribute__((section(".vectors"), used)) static void *const vectors[] = {(void *)0x20010000, (void *)main};
