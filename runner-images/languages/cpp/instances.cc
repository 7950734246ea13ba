#include <regex>
#define INSTANCE template
#include "instances.h"
