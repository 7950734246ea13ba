/* Glob patterns for paths: `*` and `?` within a component, `[a-z]`, `[!a-z]`, and `**` as a whole component for any number of
 * folders. A path is matched component by component while the folders are walked: glob_states is the set of the pattern's
 * components that may come next. The time of a step is at most proportional to the product of both lengths. */
#include <string.h>

#include "runner.h"

/* A character that is not UTF-8 is larger than every code point. */
enum { NOT_UTF8 = 0x200000 };

static uint32_t next_character(const char *bytes, size_t size, size_t *length) {
    const unsigned char *s = (const unsigned char *)bytes;
    if (utf8_next(bytes, size, length) != UTF8_VALID) {
        *length = 1;
        return NOT_UTF8 + s[0];
    }
    switch (*length) {
    case 1:
        return s[0];
    case 2:
        return (uint32_t)(s[0] & 0x1f) << 6 | (s[1] & 0x3f);
    case 3:
        return (uint32_t)(s[0] & 0x0f) << 12 | (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
    default:
        return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3f) << 12 | (uint32_t)(s[2] & 0x3f) << 6 | (s[3] & 0x3f);
    }
}

/* Matches a character with the set that begins after `[`. Returns the set's size including `]`, or 0 if there is no `]`: then
 * the bracket is a plain character. A `]` at the start is part of the set. */
static size_t match_set(struct span set, uint32_t character, bool *matches) {
    bool negated = set.size > 0 && (set.data[0] == '!' || set.data[0] == '^');
    size_t first = negated ? 1 : 0;
    size_t length;
    *matches = negated;
    for (size_t at = first; at < set.size;) {
        if (set.data[at] == ']' && at > first)
            return at + 1;
        uint32_t low = next_character(set.data + at, set.size - at, &length);
        uint32_t high = low;
        at += length;
        if (at + 1 < set.size && set.data[at] == '-' && set.data[at + 1] != ']') {
            high = next_character(set.data + at + 1, set.size - at - 1, &length);
            at += 1 + length;
        }
        if (character >= low && character <= high)
            *matches = !negated;
    }
    return 0;
}

/* Matches one character of a name. Returns the number of the pattern's bytes that match it, or 0 if it does not match. */
static size_t match_character(struct span pattern, uint32_t character) {
    bool matches;
    size_t length;
    if (pattern.size == 0)
        return 0;
    if (pattern.data[0] == '?')
        return 1;
    if (pattern.data[0] == '[') {
        length = match_set((struct span){pattern.data + 1, pattern.size - 1}, character, &matches);
        if (length > 0)
            return matches ? length + 1 : 0;
    }
    return next_character(pattern.data, pattern.size, &length) == character ? length : 0;
}

static struct span rest_of(struct span text, size_t from) {
    return (struct span){text.data + from, text.size - from};
}

/* On a mismatch, the last `*` matches one more character. An earlier `*` never has to match more. */
static bool match_component(struct span pattern, struct span name) {
    enum { NO_STAR = -1 };
    size_t in_pattern = 0, in_name = 0, star_name = 0, length;
    ssize_t after_star = NO_STAR;
    while (in_name < name.size) {
        if (in_pattern < pattern.size && pattern.data[in_pattern] == '*') {
            after_star = (ssize_t)++in_pattern;
            star_name = in_name;
            continue;
        }
        uint32_t character = next_character(name.data + in_name, name.size - in_name, &length);
        size_t matched = match_character(rest_of(pattern, in_pattern), character);
        if (matched > 0) {
            in_pattern += matched;
            in_name += length;
        } else if (after_star == NO_STAR) {
            return false;
        } else {
            (void)next_character(name.data + star_name, name.size - star_name, &length);
            in_pattern = (size_t)after_star;
            in_name = star_name += length;
        }
    }
    while (in_pattern < pattern.size && pattern.data[in_pattern] == '*')
        in_pattern++;
    return in_pattern == pattern.size;
}

static bool is_any_depth(struct span part) {
    return part.size == 2 && memcmp(part.data, "**", 2) == 0;
}

const char *glob_parse(struct glob *glob, const char *text, size_t size) {
    *glob = (struct glob){0};
    const char *wrong = file_name_error(text, size);
    if (wrong != NULL)
        return wrong;
    if (size > GLOB_MOST_BYTES)
        return "is too long";
    for (const char *part = text; part <= text + size;) {
        struct span span = {part, strcspn(part, "/")};
        part += span.size + 1;
        if (span.size == 0 || (span.size == 1 && span.data[0] == '.') ||
            (is_any_depth(span) && glob->count > 0 && is_any_depth(glob->parts[glob->count - 1])))
            continue;
        if (glob->count == GLOB_MOST_PARTS)
            return "has too many components";
        glob->parts[glob->count++] = span;
    }
    glob->is_literal = strpbrk(text, "*?[") == NULL;
    return NULL;
}

/* A `**` that is not the last component may match no folder. */
static glob_states skip_any_depth(const struct glob *glob, glob_states states) {
    for (size_t i = 0; i + 1 < glob->count; i++)
        if ((states >> i & 1) != 0 && is_any_depth(glob->parts[i]))
            states |= (glob_states)2 << i;
    return states;
}

glob_states glob_start(const struct glob *glob) {
    return skip_any_depth(glob, 1);
}

glob_states glob_step(const struct glob *glob, glob_states states, const char *name) {
    struct span component = {name, strlen(name)};
    glob_states next = 0;
    for (size_t i = 0; i < glob->count; i++) {
        if ((states >> i & 1) == 0)
            continue;
        if (is_any_depth(glob->parts[i]))
            next |= (glob_states)(i + 1 == glob->count ? 3 : 1) << i;
        else if (match_component(glob->parts[i], component))
            next |= (glob_states)2 << i;
    }
    return skip_any_depth(glob, next);
}

bool glob_is_match(const struct glob *glob, glob_states states) {
    return (states >> glob->count & 1) != 0;
}

bool glob_may_continue(const struct glob *glob, glob_states states) {
    return (states & (((glob_states)1 << glob->count) - 1)) != 0;
}
