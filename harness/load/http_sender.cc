#include "load/http_sender.h"

#include <utility>

namespace faultline::load {
namespace {

// Targets begin with '/': a path that ends in one would double it.
std::string without_last_slash(std::string path) {
  if (path.ends_with('/')) {
    path.pop_back();
  }
  return path;
}

}  // namespace

HttpSender::HttpSender(http::Client& client, http::Url service)
    : client_(client), service_{service.origin(), without_last_slash(std::move(service.target))} {}

void HttpSender::send(http::Request request, const http::Timeouts& timeouts,
                      std::function<void(http::Exchange)> done) {
  client_.send(service_.origin, std::move(request), timeouts, std::move(done));
}

}  // namespace faultline::load
