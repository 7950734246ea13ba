#include <string>
std::string hello(std::string who);
