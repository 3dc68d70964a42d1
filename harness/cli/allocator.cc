#include "cli/allocator.h"

#ifdef FAULTLINE_MIMALLOC
#include <mimalloc.h>
#endif

namespace faultline::cli {

void take_large_pages() {
#ifdef FAULTLINE_MIMALLOC
  mi_option_enable(mi_option_large_os_pages);
#endif
}

}  // namespace faultline::cli
