// Whatever bytes come as a request are answered by both mocks in JSON, with what the real service may say or with a 501.
// The first line is the request's target, after a letter for its method; the rest is the body.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "shopify/api.h"
#include "shopify/seed.h"
#include "stripe/api.h"
#include "stripe/seed.h"

namespace {

using faultline::Instant;
namespace http = faultline::http;
namespace ledger = faultline::ledger;
namespace shopify = faultline::shopify;
namespace stripe = faultline::stripe;

http::Request request_of(std::string_view input) {
  http::Request request;
  const auto line = input.substr(0, input.find('\n'));
  request.body = input.substr(std::min(input.size(), line.size() + 1));
  const char method = line.empty() ? 'G' : line.front();
  request.method = method == 'P' ? "POST" : method == 'U' ? "PUT" : method == 'D' ? "DELETE" : "GET";
  request.target = line.empty() ? "/" : std::string(line.substr(1));
  return request;
}

void check(const char* who, const http::Response& response) {
  const bool status = (response.status >= 200 && response.status < 500) || response.status == 501;
  if (!status || nlohmann::json::parse(response.body, nullptr, false).is_discarded()) {
    std::fprintf(stderr, "%s answered %d: %s\n", who, response.status, response.body.c_str());
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ledger::Ledger kLedger = ledger::make(1, {.charges = 20, .orders = 20});
  static stripe::Account account(1, stripe::seeded(1, kLedger));
  static stripe::Api stripe_api(account, {});
  static const auto kShops = [] {
    std::vector<std::unique_ptr<shopify::Shop>> shops;
    shops.push_back(std::make_unique<shopify::Shop>("shop", "token", shopify::seeded(kLedger)));
    return shops;
  }();
  static shopify::Api shopify_api(kShops, {});

  http::Request request = request_of({reinterpret_cast<const char*>(data), size});
  request.headers.add("Authorization", "Bearer sk_test_load_test");
  request.headers.add("X-Shopify-Access-Token", "token");
  check("stripe", stripe_api.answer(request, Instant{}));
  account.reset();
  request.headers.add("Content-Type", "application/json");
  check("shopify", shopify_api.answer(request, Instant{}));
  kShops.front()->reset();
  return 0;
}
