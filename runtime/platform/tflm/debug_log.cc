// Where TFLM's messages would go. With TF_LITE_STRIP_ERROR_STRINGS, which mcuforge always sets, none are left.
#include "tensorflow/lite/micro/debug_log.h"

#include <stdarg.h>
#include <stddef.h>

extern "C" void DebugLog(const char *format, va_list arguments)
{
    static_cast<void>(format);
    static_cast<void>(arguments);
}

extern "C" int DebugVsnprintf(char *buffer, size_t size, const char *format, va_list arguments)
{
    static_cast<void>(format);
    static_cast<void>(arguments);
    if (size > 0) {
        buffer[0] = '\0';
    }
    return 0;
}
