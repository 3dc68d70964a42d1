#pragma once
// faultline mock webhooks: a receiver of webhooks alone, which answers by script and judges how they came.

#include <CLI/CLI.hpp>

namespace faultline::cli {

void add_mock_webhooks(CLI::App& mock, int& status);

}  // namespace faultline::cli
