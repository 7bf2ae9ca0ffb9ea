/* Where TFLM looks for it; kissfft 131 and later have it a folder higher. Not in quotes: that would be this file. */
#include <kiss_fftr.c>
