// What C++ expects of its runtime library, for images that have none: no heap, no exit.
//
// Weak, so that a firmware with a C++ library of its own keeps that.
#include <stddef.h>

#define WEAK __attribute__((weak))

namespace {

// A call of these is a bug, or a failed check inside TFLM: stop where a debugger or the emulator sees it.
[[noreturn]] void stop()
{
    __builtin_trap();
}

}  // namespace

extern "C" {

[[noreturn]] WEAK void __cxa_pure_virtual()
{
    stop();
}

[[noreturn]] WEAK void abort()
{
    stop();
}

// Static objects are never destroyed: main() does not return.
WEAK int __cxa_atexit(void (*)(void *), void *, void *)
{
    return 0;
}

WEAK void *__dso_handle = nullptr;

}  // extern "C"

// Virtual destructors refer to these; nothing is ever allocated that they could free.
WEAK void operator delete(void *) noexcept
{
    stop();
}

WEAK void operator delete(void *, size_t) noexcept
{
    stop();
}
