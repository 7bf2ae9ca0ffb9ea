/* Indices that are data: TFLM stops with an error where one is out of range, or reads what is not there. */
#ifndef MCUFORGE_CLAMP_INDEX_H
#define MCUFORGE_CLAMP_INDEX_H

#include <stdint.h>

/* The nearest index of 0 … greatest. */
static inline int32_t mcuf_clamp_index(int64_t index, int32_t greatest) {
  return index < 0 ? 0 : index > greatest ? greatest : (int32_t)index;
}

#endif
