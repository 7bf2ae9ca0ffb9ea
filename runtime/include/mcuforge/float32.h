/* float32 helpers with TFLM's treatment of NaN (it passes through a clamp) and of infinities. */
#ifndef MCUFORGE_FLOAT32_H
#define MCUFORGE_FLOAT32_H

static inline float mcuf_clamp_f32(float value, float least, float greatest) {
  const float raised = value < least ? least : value;
  return greatest < raised ? greatest : raised;
}

#endif
