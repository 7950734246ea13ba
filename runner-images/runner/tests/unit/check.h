/* A small test harness with TAP output. A test is a function; it passes if all its expectations hold. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>

typedef void test_function(void);

/* Runs one test and prints its TAP line. */
void test(const char *title, test_function *function);
/* Prints a comment about something that could not be tested on this machine. */
void note(const char *text);
void expect(bool holds, const char *file, int line, const char *format, ...) __attribute__((format(printf, 4, 5)));

#define EXPECT(condition) expect((condition), __FILE__, __LINE__, "%s", #condition)
#define EXPECT_IN(condition, ...) expect((condition), __FILE__, __LINE__, __VA_ARGS__)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Whether these bytes are the same as the text. */
bool is_text(const char *bytes, size_t size, const char *text);
/* Creates an empty folder, which is removed at the end. Sets path and returns a descriptor. */
int fresh_folder(char path[64]);
/* Creates or replaces a file with this content. */
void put_bytes(int dir_fd, const char *name, const char *bytes, size_t size);
void put_text(const char *path, const char *text);
/* Returns the descriptor of an empty file in memory. */
int memory_file(void);
/* Returns the content of a memory file, which the caller frees, and closes it. */
char *written_to(int fd, size_t *size);
/* Calls a function in a child process, and expects that it returns 0. Otherwise it returns the number of its failed check. */
void expect_in_child(int (*function)(void));

void scan_tests(void);
void base64_tests(void);
void json_writer_tests(void);
void utf8_tests(void);
void strings_tests(void);
void payload_tests(void);
void limits_tests(void);
void memory_tests(void);
void files_tests(void);
void source_tests(void);
void guard_tests(void);
void stash_fds_tests(void);
void language_tests(void);
void commands_tests(void);
void cgroup_tests(void);
void cgroup_v2_tests(void);
void glob_tests(void);
void outputs_tests(void);
void outputs_bounds_tests(void);
void output_tests(void);
void receive_tests(void);
void result_tests(void);
void events_tests(void);
void events_late_tests(void);
void interaction_tests(void);
void io_tests(void);
void warm_tests(void);
void cases_tests(void);
void restore_tests(void);

#endif
