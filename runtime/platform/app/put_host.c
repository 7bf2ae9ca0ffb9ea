/* Text on this computer's standard output. */
#include <stdio.h>

#include "golden.h"

void mcuf_put(const char *text)
{
    (void)fputs(text, stdout);
}
