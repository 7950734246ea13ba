/* Searches a folder for files to return. */
#ifndef OUTPUTS_SCENE_H
#define OUTPUTS_SCENE_H

#include "check.h"
#include "runner.h"

#define PATTERNS(...) (const char *const[]){__VA_ARGS__, NULL}
static const struct output_limits MANY = {32, 1 << 20};

/* Finds the files that match. patterns ends with NULL. */
struct output_files outputs_of(int dir_fd, const char *const patterns[], struct output_limits left);
/* Frees the files and returns their JSON, which the caller frees. */
char *outputs_json(struct output_files *files);

#endif
