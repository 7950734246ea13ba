/* Instantiations that nearly every program with `<regex>` needs. instances.cc compiles them once. The precompiled
 * headers declare them as external at their end, so that the program's translation unit does not instantiate them
 * again. Without this, they take most of the build time and memory of a program with `<regex>`. */
#if defined INSTANCE || defined _GLIBCXX_REGEX
#ifndef INSTANCE
#define INSTANCE extern template
#endif
#define INSTANCES_OF(Iterator) \
    INSTANCE class match_results<Iterator>; \
    INSTANCE class regex_iterator<Iterator>; \
    INSTANCE class regex_token_iterator<Iterator>; \
    namespace __detail { INSTANCE bool __regex_algo_impl(Iterator, Iterator, match_results<Iterator> &, const regex &, regex_constants::match_flag_type, _RegexExecutorPolicy, bool); }

namespace std
{
INSTANCE class basic_regex<char>;
INSTANCE class __detail::_Compiler<regex_traits<char>>;
INSTANCE class __detail::_Scanner<char>;
INSTANCE class __detail::_NFA<regex_traits<char>>;
INSTANCES_OF(const char *)
INSTANCES_OF(string::const_iterator)
}

#undef INSTANCE
#undef INSTANCES_OF
#endif
