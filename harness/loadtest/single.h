#pragma once
// A load test without a file: one address, asked again and again.

#include <optional>
#include <string>

#include "core/units.h"
#include "http/message.h"
#include "loadtest/test.h"

namespace faultline::loadtest {

/// So many GETs a second of the path of `url`, or so many users who do nothing else, for `length`. Either `rate` or `users`.
LoadTest single(const http::Url& url, std::optional<Rate> rate, std::size_t users, Duration length,
                Seed seed);

}  // namespace faultline::loadtest
