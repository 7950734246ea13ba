/* valac reports an uncaught error with g_critical(), returns from the function and continues. The program must fail instead. A
 * critical() of the program itself has another format and does not end it. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

static inline void runonce_end_if_uncaught(const char *format) {
    if (strncmp(format, "file %s: line %d: un", 20) == 0)
        exit(1);
}

#undef g_critical
#define g_critical(...) (g_log(G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, __VA_ARGS__), runonce_end_if_uncaught(G_CRITICAL_FORMAT(__VA_ARGS__, 0)))
#define G_CRITICAL_FORMAT(format, ...) (format)
