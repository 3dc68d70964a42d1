#include "report/terminal.h"
