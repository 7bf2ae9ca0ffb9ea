/* Names of kernels: MCUF_FN(conv_2d_s8) is kws_conv_2d_s8 in the model kws, so that two models link into one image. */
#ifndef MCUFORGE_PREFIX_H
#define MCUFORGE_PREFIX_H

#ifndef MCUF_PREFIX
#error "define MCUF_PREFIX, the model's name, before including a kernel's header"
#endif

#define MCUF_FN(name) MCUF_FN_EXPANDED(MCUF_PREFIX, name)
#define MCUF_FN_EXPANDED(prefix, name) MCUF_FN_JOINED(prefix, name)
#define MCUF_FN_JOINED(prefix, name) prefix##_##name

#endif
