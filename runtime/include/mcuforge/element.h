/* Elements moved without regard to their type: 1, 2, 4 or 8 bytes, aligned to their size. */
#ifndef MCUFORGE_ELEMENT_H
#define MCUFORGE_ELEMENT_H

#include <stdint.h>

/* Whatever type the memory holds, reading it as one of these is defined. */
typedef uint16_t mcuf_element_16 __attribute__((may_alias));
typedef uint32_t mcuf_element_32 __attribute__((may_alias));
typedef uint64_t mcuf_element_64 __attribute__((may_alias));

/* Copies `count` elements to neighbouring places; `stride`, in elements, may be zero or negative. */
static inline void mcuf_copy_elements(void *to, const void *from, int32_t count, int32_t stride, int32_t bytes) {
  if (bytes == 1) {
    for (int32_t i = 0; i < count; ++i) {
      ((uint8_t *)to)[i] = ((const uint8_t *)from)[i * stride];
    }
  } else if (bytes == 2) {
    for (int32_t i = 0; i < count; ++i) {
      ((mcuf_element_16 *)to)[i] = ((const mcuf_element_16 *)from)[i * stride];
    }
  } else if (bytes == 4) {
    for (int32_t i = 0; i < count; ++i) {
      ((mcuf_element_32 *)to)[i] = ((const mcuf_element_32 *)from)[i * stride];
    }
  } else {
    for (int32_t i = 0; i < count; ++i) {
      ((mcuf_element_64 *)to)[i] = ((const mcuf_element_64 *)from)[i * stride];
    }
  }
}

#endif
