#include "load/http_sender.h"

#include <utility>

namespace faultline::load {
namespace {

// Targets begin with '/': a path that ends in one would double it.
http::Url without_last_slash(http::Url url) {
  if (url.target.ends_with('/')) {
    url.target.pop_back();
  }
  return url;
}

}  // namespace

HttpSender::HttpSender(http::Client& client, http::Url service)
    : client_(client), service_(without_last_slash(std::move(service))) {}

void HttpSender::send(http::Request request, Duration timeout, std::function<void(http::Exchange)> done) {
  request.target.insert(0, service_.target);
  client_.send(service_.host, service_.port, std::move(request), timeout, std::move(done));
}

}  // namespace faultline::load
