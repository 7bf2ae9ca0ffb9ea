/*
 * Runs kernels on an emulated core, for tests. request.bin is one block of memory, 32-bit words first: the number of
 * calls, then six words for each of them:
 *   kernel, integers, arrays, how many they are, arguments, how many they are.
 * All but the kernel and the numbers are offsets in the block: of the integers themselves, and of tables of offsets,
 * which become pointers here; NO_ARGUMENT is NULL. When all calls are made, the block goes into result.bin as it is.
 */
#include <stddef.h>
#include <stdint.h>

#include "qemu/semihosting.h"

#define NO_ARGUMENT UINT32_MAX

typedef void (*kernel_shim)(const int32_t *integers, const float *floats, void *const *arrays, void *const *arguments);

extern const kernel_shim mcuf_test_shims[];

enum { CAPACITY = 3 << 20, CALL_WORDS = 6, ALIGNMENT = 16 };

static uint8_t block[CAPACITY] __attribute__((aligned(ALIGNMENT)));

static void **pointers(uint32_t table, uint32_t count) {
  void **entries = (void **)(void *)(block + table);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t offset = (uint32_t)(uintptr_t)entries[i];
    entries[i] = offset == NO_ARGUMENT ? NULL : block + offset;
  }
  return entries;
}

int main(void) {
  const uint32_t *words = (const uint32_t *)(const void *)block;
  const int32_t request = mcuf_semihosting_open("request.bin", MCUF_OPEN_READ);
  const uint32_t size = CAPACITY - mcuf_semihosting_read(request, block, CAPACITY);
  for (uint32_t left = *words++; left > 0; --left, words += CALL_WORDS) {
    void **arrays = pointers(words[2], words[3]);
    mcuf_test_shims[words[0]]((const int32_t *)(const void *)(block + words[1]), NULL, arrays,
                              pointers(words[4], words[5]));
  }
  const int32_t result = mcuf_semihosting_open("result.bin", MCUF_OPEN_WRITE);
  const uint32_t missing = mcuf_semihosting_write(result, block, size);
  mcuf_semihosting_close(result);
  mcuf_semihosting_exit(missing == 0 ? 0 : 1);
}
