/* Where TFLM's wrappers look for this header; kissfft 131 and later have it a folder higher. */
#include "kiss_fftr.h"
