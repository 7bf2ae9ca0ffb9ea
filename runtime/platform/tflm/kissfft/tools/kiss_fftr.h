/* Where TFLM's wrappers look for this header; kissfft 131 and later have it a folder higher: not in quotes, this folder comes first then. */
#include <kiss_fftr.h>
