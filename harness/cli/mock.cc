// faultline mock: a mock alone, for a client of one's own.

#include <fmt/format.h>

#include <algorithm>

#include "cli/command.h"
#include "cli/mock_webhooks.h"
#include "cli/signals.h"
#include "core/error.h"
#include "http/message.h"
#include "ledger/ledger.h"
#include "loop/loop.h"
#include "shopify/mock.h"
#include "stripe/mock.h"
#include "transport/address.h"

namespace faultline::cli {
namespace {

constexpr int kControlAbove = 10;  // the port of a mock, its control port is
constexpr int kLastPort = 65535;
constexpr std::int64_t kMostData = 1'000'000;  // some gigabytes

struct MockOptions {
  std::string listen;
  int control_port = -1;  // below 0: kControlAbove the other, or any where that is any
  std::int64_t data = 500;
  Seed seed = 1;
  double rate_limit = 0;           // of Stripe
  bool limits = false;             // of Shopify
  std::vector<std::string> shops;  // likewise: DOMAIN=TOKEN each, beside the first
  bool system_clock = false;
};

// Until Ctrl-C, which is how it is meant to end; then what it was asked for.
template <typename Mock>
void serve(const Mock& mock, const std::string& host, const std::string& what, const Stop& stop) {
  fmt::print("http://{}:{}  {}; Ctrl-C ends it\n", host, mock.port(), what);
  fmt::print("http://{}:{}  control: reset, snapshots, requests, deliveries, truth\n", host,
             mock.control_port());
  std::fflush(stdout);
  while (stop.wait_until(Instant::max())) {
  }
  for (const auto& [route, requests] : mock.requests()) {
    fmt::print("{:>9}  {}\n", requests, route);
  }
}

int control_port_of(const MockOptions& options, std::uint16_t port) {
  if (options.control_port >= 0) {
    return options.control_port;
  }
  return port == 0 ? 0 : port + kControlAbove;
}

int mock(const std::string& name, const MockOptions& options) {
  Stop stop;
  const Signals signals(stop);
  const auto address = transport::parse_address(options.listen);
  if (!address) {
    fmt::print(stderr, "faultline: '{}' is no address such as 127.0.0.1:12111\n", options.listen);
    return kUsage;
  }
  const int control_port = control_port_of(options, address->port);
  if (control_port > kLastPort) {
    fmt::print(stderr, "faultline: there is no port {} above {}: give --control-port\n", kControlAbove,
               address->port);
    return kUsage;
  }
  ledger::Shape shape;
  shape.charges = shape.orders = options.data;
  if (const std::string problem = ledger::impossible(shape); !problem.empty()) {
    fmt::print(stderr, "faultline: --data {}: {}\n", options.data, problem);
    return kUsage;
  }
  const ledger::Ledger ledger = ledger::make(options.seed, shape);
  Loop loop{"mock"};
  if (name == "stripe") {
    stripe::Options given;
    given.seed = options.seed;
    given.requests_per_second = options.rate_limit;
    given.clock = options.system_clock ? stripe::AccountClock::system : stripe::AccountClock::logical;
    given.control_port = static_cast<std::uint16_t>(control_port);
    const stripe::Mock stripe(loop, address->host, address->port, ledger, given);
    serve(stripe, address->host, fmt::format("Stripe: {} charges, key {}", options.data, given.api_key),
          stop);
  } else {
    shopify::Options given;
    given.seed = options.seed;
    given.calls.lifted = given.cost.lifted = !options.limits;
    given.control_port = static_cast<std::uint16_t>(control_port);
    for (const std::string& shop : options.shops) {
      const auto equals = shop.find('=');
      if (equals == std::string::npos || equals == 0 || equals + 1 == shop.size()) {
        fmt::print(stderr, "faultline: --shop '{}' is no DOMAIN=TOKEN\n", shop);
        return kUsage;
      }
      const std::string domain = shop.substr(0, equals);
      if (std::any_of(given.shops.begin(), given.shops.end(),
                      [&](const auto& other) { return http::same_ignoring_case(other.domain, domain); })) {
        fmt::print(stderr, "faultline: --shop '{}': there is a shop {} already\n", shop, domain);
        return kUsage;
      }
      given.shops.push_back({domain, shop.substr(equals + 1)});
    }
    const shopify::Mock shopify(loop, address->host, address->port, ledger, given);
    serve(shopify, address->host,
          fmt::format("Shopify: {} orders of {}, token {}", options.data, given.shops.front().domain,
                      given.shops.front().access_token),
          stop);
  }
  return 0;
}

}  // namespace

void add_mock(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand(
      "mock", "Serve a mock of Stripe, Shopify or a receiver of webhooks alone, until Ctrl-C");
  command->footer(
      "Examples:\n"
      "  faultline mock stripe --data 10000\n"
      "  faultline mock shopify --listen 127.0.0.1:8080 --seed 7\n"
      "Equal seeds serve equal data; the two of one seed are the two sides of one ledger.");
  command->require_subcommand(1);
  add_mock_webhooks(*command, status);
  for (const std::string name : {"stripe", "shopify"}) {
    auto options = std::make_shared<MockOptions>();
    options->listen = name == "stripe" ? "127.0.0.1:12111" : "127.0.0.1:12112";
    CLI::App* one =
        command->add_subcommand(name, name == "stripe" ? "Stripe's API, of an account with charges"
                                                       : "Shopify's Admin APIs, of shops with orders");
    one->add_option("--listen", options->listen, "Where (" + options->listen + "); port 0: any free one")
        ->type_name("ADDRESS");
    one->add_option("--data", options->data, "How many of them (500)")
        ->check(CLI::Range(std::int64_t{0}, kMostData).description(""))
        ->type_name("N");
    one->add_option("--seed", options->seed, "What they are made from (1)")->check(is_seed())->type_name("N");
    one->add_option("--control-port", options->control_port,
                    "Where tests reset it, and look into it (10 above the other port); 0: any free one")
        ->check(CLI::Range(0, kLastPort).description(""))
        ->type_name("PORT");
    if (name == "stripe") {
      one->add_option("--rate-limit", options->rate_limit,
                      "Requests a second, above which it answers 429 (no limit)")
          ->check(is_not_negative())
          ->type_name("N");
      one->add_flag("--system-clock", options->system_clock,
                    "What is made is dated now, and not on from the end of the data");
    }
    if (name == "shopify") {
      one->add_flag("--limits", options->limits,
                    "Limits each shop as Shopify does: 40 calls of which 2 leak a second, 2,000 points of "
                    "which 100 do");
      one->add_option("--shop", options->shops,
                      "Another shop with the same orders, and its token; may be given more than once")
          ->type_name("DOMAIN=TOKEN");
    }
    one->callback([name, options, &status] { status = mock(name, *options); });
  }
}

}  // namespace faultline::cli
