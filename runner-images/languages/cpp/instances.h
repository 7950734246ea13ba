/* What `<regex>` instantiates for nearly every program that uses it: compiled once (instances.cc), and declared at the end of the
 * precompiled headers, so that a program's own unit holds none of it. Most of a build's time and memory with `<regex>` goes there. */
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
