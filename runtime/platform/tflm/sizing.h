/* The contract between a model's generated `<name>_sizing.cc` and the sizing program, which measures its arena. */
#ifndef MCUF_TFLM_SIZING_H
#define MCUF_TFLM_SIZING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest arena that can be asked for. */
extern const uint32_t mcuf_sizing_ceiling;
/* Builds the interpreter in an arena of `bytes`; 0 when that is enough. */
int mcuf_sizing_prepare(uint32_t bytes);
/* After a preparation that succeeded: bytes in use, and how many of them are activations and scratch memory. */
uint32_t mcuf_sizing_used(void);
uint32_t mcuf_sizing_head(void);

#ifdef __cplusplus
}
#endif

#endif
