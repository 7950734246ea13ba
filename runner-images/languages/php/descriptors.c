/* Before PHP opens a file, it resolves symbolic links itself. The link of a pipe, such as /proc/self/fd/0 ->
 * "pipe:[1]", is not a path, so PHP cannot open /dev/stdin and similar paths. This extension passes these paths to
 * the kernel unresolved. */
#include <php.h>

static php_stream *(*open_file)(php_stream_wrapper *wrapper, const char *path, const char *mode, int options, zend_string **opened_path,
                                php_stream_context *context STREAMS_DC);
static php_stream_wrapper_ops wrapper_ops;

static bool begins_with(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool names_descriptor(const char *path) {
    return strcmp(path, "/dev/stdin") == 0 || strcmp(path, "/dev/stdout") == 0 || strcmp(path, "/dev/stderr") == 0 ||
           begins_with(path, "/dev/fd/") || (begins_with(path, "/proc/") && strstr(path, "/fd/") != NULL);
}

static php_stream *open_path(php_stream_wrapper *wrapper, const char *path, const char *mode, int options, zend_string **opened_path,
                             php_stream_context *context STREAMS_DC) {
    if (names_descriptor(path))
        options |= STREAM_ASSUME_REALPATH;
    return open_file(wrapper, path, mode, options, opened_path, context STREAMS_REL_CC);
}

static PHP_MINIT_FUNCTION(descriptors) {
    wrapper_ops = *php_plain_files_wrapper.wops;
    open_file = wrapper_ops.stream_opener;
    wrapper_ops.stream_opener = open_path;
    php_plain_files_wrapper.wops = &wrapper_ops;
    return SUCCESS;
}

static zend_module_entry descriptors_module_entry = {
    STANDARD_MODULE_HEADER, "descriptors", NULL, PHP_MINIT(descriptors), NULL, NULL, NULL, NULL, "1", STANDARD_MODULE_PROPERTIES,
};

ZEND_GET_MODULE(descriptors)
