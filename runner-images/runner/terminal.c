/* The pseudo-terminal of an interactive run. pty(7), ioctl_tty(2) */
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "runner.h"

bool terminal_parse(struct terminal *terminal, yyjson_val *object) {
    if (!yyjson_is_obj(object))
        return false;
    yyjson_val *columns = last_of(object, "columns"), *rows = last_of(object, "rows");
    if (!yyjson_is_uint(columns) || !yyjson_is_uint(rows))
        return false;
    uint64_t sizes[] = {yyjson_get_uint(columns), yyjson_get_uint(rows)};
    *terminal = (struct terminal){(unsigned short)sizes[0], (unsigned short)sizes[1]};
    return sizes[0] > 0 && sizes[0] <= UINT16_MAX && sizes[1] > 0 && sizes[1] <= UINT16_MAX;
}

int terminal_resize(int master_fd, struct terminal terminal) {
    struct winsize size = {.ws_col = terminal.columns, .ws_row = terminal.rows};
    return ioctl(master_fd, TIOCSWINSZ, &size);
}

int terminal_interrupt(int master_fd) {
    return ioctl(master_fd, TIOCSIG, SIGINT);
}

/* The kernel's defaults are those of a terminal: line editing, echo, signals. */
static void set_utf8(int slave_fd) {
    struct termios settings;
    if (tcgetattr(slave_fd, &settings) < 0)
        return;
    settings.c_iflag |= IUTF8;
    (void)tcsetattr(slave_fd, TCSANOW, &settings); /* best effort: without IUTF8, erasing a character deletes only one byte */
}

int terminal_open(struct terminal terminal, int *master_fd) {
    int unlocked = 0;
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0)
        return -1;
    int slave_fd = -1;
    if (ioctl(master, TIOCSPTLCK, &unlocked) == 0)
        slave_fd = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC); /* needs no path: Linux 4.13 */
    if (slave_fd < 0 || terminal_resize(master, terminal) < 0) {
        close_fd(&slave_fd);
        close_fd(&master);
        return -1;
    }
    set_utf8(slave_fd);
    *master_fd = master;
    return slave_fd;
}
