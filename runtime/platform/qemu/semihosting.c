#include "qemu/semihosting.h"

#include <string.h>

enum {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITE0 = 0x04,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_EXIT_EXTENDED = 0x20
};

static const uint32_t application_exit = 0x20026; /* ADP_Stopped_ApplicationExit */

#if defined(__riscv)

/* The two shifts of x0, which change nothing, tell this breakpoint from others; all three must be of full size. */
static int32_t call(uint32_t operation, const void *parameter)
{
    register uint32_t a0 __asm__("a0") = operation;
    register const void *a1 __asm__("a1") = parameter;
    /* In one page. Filled up before norvc: what comes before may end between two words. */
    __asm__ volatile(".balign 16\n"
                     ".option push\n"
                     ".option norvc\n"
                     "slli x0, x0, 0x1f\n"
                     "ebreak\n"
                     "srai x0, x0, 7\n"
                     ".option pop\n"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
    return (int32_t)a0;
}

#else

static int32_t call(uint32_t operation, const void *parameter)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = parameter;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}

#endif

static uint32_t address(const void *pointer)
{
    return (uint32_t)pointer;
}

int32_t mcuf_semihosting_open(const char *path, mcuf_open_mode mode)
{
    const uint32_t block[] = {address(path), (uint32_t)mode, strlen(path)};
    return call(SYS_OPEN, block);
}

uint32_t mcuf_semihosting_read(int32_t handle, void *data, uint32_t bytes)
{
    const uint32_t block[] = {(uint32_t)handle, address(data), bytes};
    return (uint32_t)call(SYS_READ, block);
}

uint32_t mcuf_semihosting_write(int32_t handle, const void *data, uint32_t bytes)
{
    const uint32_t block[] = {(uint32_t)handle, address(data), bytes};
    return (uint32_t)call(SYS_WRITE, block);
}

void mcuf_semihosting_close(int32_t handle)
{
    const uint32_t block[] = {(uint32_t)handle};
    call(SYS_CLOSE, block);
}

void mcuf_semihosting_print(const char *text)
{
    call(SYS_WRITE0, text);
}

void mcuf_semihosting_print_word(const char *label, uint32_t word)
{
    char text[] = "00000000";
    for (int digit = 7; digit >= 0; digit--, word >>= 4) {
        text[digit] = "0123456789abcdef"[word & 15u];
    }
    mcuf_semihosting_print(label);
    mcuf_semihosting_print(text);
}

void mcuf_semihosting_exit(int code)
{
    const uint32_t block[] = {application_exit, (uint32_t)code};
    call(SYS_EXIT_EXTENDED, block);
    for (;;) {
    }
}
