/* Where TFLM's wrappers look for this file; kissfft 131 and later have it a folder higher. */
#include "kiss_fftr.c"
