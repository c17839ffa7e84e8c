#include <synfin/error.h>

#include <stdarg.h>
#include <stdio.h>

#include "base/messages.h"

/*
 * The format is translated here, so that a caller writes its sentence once and plainly; `make po`
 * collects the fourth argument of every call.
 */
int sf_error_set(struct sf_error *err, int code, int sys, const char *format, ...)
{
    if (err == NULL) {
        return code;
    }
    va_list args;
    va_start(args, format);
    err->code = code;
    err->sys = sys;
    if (vsnprintf(err->text, sizeof err->text, sf_message(format), args) < 0) {
        err->text[0] = '\0';
    }
    va_end(args);
    return code;
}
