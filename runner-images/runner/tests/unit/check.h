/* A small test harness that speaks TAP: a test is a function whose expectations all have to hold. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>

typedef void test_function(void);

/* Runs one test and prints its line. */
void test(const char *sentence, test_function *function);
/* A line beside the results: what this machine could not show. */
void note(const char *sentence);
void expect(bool holds, const char *file, int line, const char *format, ...) __attribute__((format(printf, 4, 5)));

#define EXPECT(condition) expect((condition), __FILE__, __LINE__, "%s", #condition)
#define EXPECT_IN(condition, ...) expect((condition), __FILE__, __LINE__, __VA_ARGS__)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Whether the texts are equal; size bytes of the first. */
bool is_text(const char *bytes, size_t size, const char *text);
/* A fresh empty folder's descriptor and path (static, overwritten by the next call); removed at the end. */
int fresh_folder(char path[64]);
/* What was written to a memory file; to be freed. */
char *written_to(int fd, size_t *size);
int memory_file(void);
/* Calls a function in a child process, and expects that it returns 0. Otherwise it returns the number of its failed check. */
void expect_in_child(int (*function)(void));

void scan_tests(void);
void text_tests(void);
void payload_tests(void);
void limits_tests(void);
void memory_tests(void);
void files_tests(void);
void guard_tests(void);
void hide_tests(void);
void language_tests(void);
void commands_tests(void);
void cgroup_tests(void);
void output_tests(void);
void receive_tests(void);
void result_tests(void);
void run_tests(void);
void warm_tests(void);

#endif
