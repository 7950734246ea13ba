#include "greet.hpp"
std::string hello(std::string who) { return "hello " + who; }
