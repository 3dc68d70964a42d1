#pragma once
// io_uring as a transport: each connection has a receive that goes on (multishot) into buffers which the kernel picks
// from a ring of ours, writes are gathered and handed over once in each turn of the loop, and one system call both
// submits and waits. Needs Linux 6.1 (IORING_SETUP_DEFER_TASKRUN); see io_uring_setup(2) and io_uring_prep_recv(3).

#include <string>

#include "transport/transport.h"

namespace faultline::transport {

/// Null where the kernel does not have it or forbids it; `why` then says so.
std::unique_ptr<Transport> make_uring(const std::string& name, std::string& why);

}  // namespace faultline::transport
