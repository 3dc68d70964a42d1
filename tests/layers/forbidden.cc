// Must not compile: report stands below run.
#include "report/terminal.h"
#include "run/run.h"
