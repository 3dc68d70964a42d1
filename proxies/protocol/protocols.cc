#include "protocol/protocols.h"

#include <algorithm>

#include "protocol/http1/conversation.h"
#include "protocol/postgres/conversation.h"
#include "protocol/redis/conversation.h"

namespace faultline::protocol {
namespace {

template <typename P>
std::unique_ptr<Protocol> make() {
  return std::make_unique<P>();
}

std::unique_ptr<Protocol> make_nothing() {
  return nullptr;
}

const std::vector<Row> kProtocols = {
    {"raw", "bytes of any kind", make_nothing},
    {"postgres", "PostgreSQL, version 3 of its protocol", make<postgres::Postgres>},
    {"redis", "Redis, RESP2 and RESP3", make<redis::Redis>},
    {"http", "HTTP/1.0 and 1.1", make<http1::Http1>},
};

}  // namespace

const std::vector<Row>& protocols() {
  return kProtocols;
}

const Row* find_protocol(std::string_view name) {
  const auto row =
      std::find_if(kProtocols.begin(), kProtocols.end(), [&](const Row& one) { return one.name == name; });
  return row == kProtocols.end() ? nullptr : &*row;
}

}  // namespace faultline::protocol
