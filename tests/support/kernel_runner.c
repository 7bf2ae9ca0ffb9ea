/*
 * Runs kernels for tests: a process of its own, so that a sanitizer's abort is a failed test and not the end of pytest.
 *
 * Requests come on stdin, 32-bit words in host order, each list preceded by its length:
 *   path of a shared object, integers, floats, arrays (of bytes), buffers (of bytes), arguments (buffer and offset).
 * The object's function `run` is called; the reply on stdout is the bytes of all buffers. Every array and buffer is a
 * heap block of exactly its size, so that the address sanitizer sees one byte too far.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define NO_BUFFER UINT32_MAX

typedef void (*run_function)(const int32_t *integers, const float *floats, void *const *arrays, void *const *arguments);

typedef struct {
  uint32_t size;
  void *data;
} block;

typedef struct {
  uint32_t count;
  block *blocks;
} block_list;

static void read_exactly(void *to, size_t size) {
  if (size != 0 && fread(to, 1, size, stdin) != size) {
    exit(EXIT_SUCCESS);
  }
}

static uint32_t read_word(void) {
  uint32_t word;
  read_exactly(&word, sizeof word);
  return word;
}

static block read_block(uint32_t element_size) {
  block read = {read_word() * element_size, NULL};
  read.data = malloc(read.size);
  read_exactly(read.data, read.size);
  return read;
}

static block_list read_blocks(void) {
  block_list list = {read_word(), NULL};
  list.blocks = malloc(list.count * sizeof *list.blocks);
  for (uint32_t i = 0; i < list.count; ++i) {
    list.blocks[i] = read_block(1);
  }
  return list;
}

static void **pointers_to(const block_list *list) {
  void **pointers = malloc(list->count * sizeof *pointers);
  for (uint32_t i = 0; i < list->count; ++i) {
    pointers[i] = list->blocks[i].data;
  }
  return pointers;
}

static void **read_arguments(const block_list *buffers) {
  const uint32_t count = read_word();
  void **arguments = malloc(count * sizeof *arguments);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t buffer = read_word();
    const uint32_t offset = read_word();
    arguments[i] = buffer == NO_BUFFER ? NULL : (char *)buffers->blocks[buffer].data + offset;
  }
  return arguments;
}

static run_function load(const char *path) {
  void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  void *symbol = object != NULL ? dlsym(object, "run") : NULL;
  if (symbol == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    exit(EXIT_FAILURE);
  }
  return (run_function)(uintptr_t)symbol;
}

static void free_blocks(block_list *list) {
  for (uint32_t i = 0; i < list->count; ++i) {
    free(list->blocks[i].data);
  }
  free(list->blocks);
}

static void serve(void) {
  block path = read_block(1);
  block integers = read_block(sizeof(int32_t));
  block floats = read_block(sizeof(float));
  block_list arrays = read_blocks();
  block_list buffers = read_blocks();
  void **array_pointers = pointers_to(&arrays);
  void **arguments = read_arguments(&buffers);
  load(path.data)(integers.data, floats.data, array_pointers, arguments);
  for (uint32_t i = 0; i < buffers.count; ++i) {
    fwrite(buffers.blocks[i].data, 1, buffers.blocks[i].size, stdout);
  }
  fflush(stdout);
  free(path.data);
  free(integers.data);
  free(floats.data);
  free(array_pointers);
  free(arguments);
  free_blocks(&arrays);
  free_blocks(&buffers);
}

int main(void) {
  for (;;) {
    serve();
  }
}
