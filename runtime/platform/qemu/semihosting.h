/* Semihosting: files and exit, served by the emulator. Operations are those of Arm's "Semihosting for AArch32 and AArch64",
 * which "RISC-V Semihosting" takes over; only how they are called differs. */
#ifndef MCUF_SEMIHOSTING_H
#define MCUF_SEMIHOSTING_H

#include <stdint.h>

typedef enum { MCUF_OPEN_READ = 1, MCUF_OPEN_WRITE = 5 } mcuf_open_mode; /* fopen's "rb" and "wb" */

/* A handle, negative when the file cannot be opened. */
int32_t mcuf_semihosting_open(const char *path, mcuf_open_mode mode);
/* The number of bytes that were not read or written: 0 is success. */
uint32_t mcuf_semihosting_read(int32_t handle, void *data, uint32_t bytes);
uint32_t mcuf_semihosting_write(int32_t handle, const void *data, uint32_t bytes);
void mcuf_semihosting_close(int32_t handle);
void mcuf_semihosting_print(const char *text);
/* `label`, then eight hexadecimal digits. */
void mcuf_semihosting_print_word(const char *label, uint32_t word);
void mcuf_semihosting_exit(int code) __attribute__((noreturn));

#endif
