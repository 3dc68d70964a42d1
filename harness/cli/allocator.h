#pragma once

namespace faultline::cli {

/// Has memory come from the system in pages of 2 MiB, where it has such: what is made in a mock is kept in it, and a create
/// would otherwise ask for two pages of 4 KiB on its way. To be called before any thread begins.
void take_large_pages();

}  // namespace faultline::cli
