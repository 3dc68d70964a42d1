#include "loadtest/single.h"

namespace faultline::loadtest {

LoadTest single(const http::Url& url, std::optional<Rate> rate, std::size_t users, Duration length,
                Seed seed) {
  load::RequestStep request;
  request.method = "GET";
  request.target.pieces = {{false, url.target}};
  request.route = "GET " + url.target;
  load::Load load{.flow = {.name = "single", .data = {}, .journeys = {}},
                  .model = rate ? load::Load::Model::open : load::Load::Model::closed,
                  .course = load::steady(rate ? rate->per_second : static_cast<double>(users))};
  load.flow.journeys.push_back({.name = "get", .weight = 1, .steps = {std::move(request)}});
  LoadTest test;
  test.name = "single";
  test.title = "GET " + url.target;
  test.seed = seed;
  test.phases = {{"load", length}};
  test.loads.push_back(std::move(load));
  test.http.max_idle = SIZE_MAX;
  return test;
}

}  // namespace faultline::loadtest
