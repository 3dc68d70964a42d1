#pragma once

namespace faultline::cli {

/// Has memory come from the system in pages of 2 MiB, where it has such: what is made in a mock is kept in it, and each create
/// would otherwise wait for more than one page of 4 KiB. To be called before any thread begins.
void take_large_pages();

}  // namespace faultline::cli
