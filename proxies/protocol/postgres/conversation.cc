#include "protocol/postgres/conversation.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

#include "protocol/postgres/fingerprint.h"

namespace faultline::protocol::postgres {

namespace {

constexpr std::size_t kHeader = 5;  // the type, and the length of what follows the type
// MaxAllocSize - 1, the most that the server takes (PQ_LARGE_MESSAGE_LIMIT in src/include/libpq/libpq.h).
constexpr std::uint32_t kLongestMessage = 0x3fff'ffff;
constexpr std::uint32_t kLongestStartUp = 10'000;  // MAX_STARTUP_PACKET_LENGTH
constexpr std::uint32_t kLongestCancel = 12 + 256;
constexpr std::uint32_t kCancelRequest = 80'877'102, kSslRequest = 80'877'103, kGssEncRequest = 80'877'104;
constexpr std::uint32_t kMajorVersion = 3;

constexpr std::string_view kClientTypes = "QPBEDCSHFdcfpX";
constexpr std::string_view kWithFields = "QPBEDCF";
constexpr std::string_view kServerTypes = "RKSZTDCENA123ntsIGHWdcVv";
constexpr std::string_view kUnasked = "ANS";  // notifications, notices and settings come at any time

// What a connection may name; statements and portals beyond it are counted under kUnnamed.
constexpr std::size_t kMostNames = 4'096, kLongestNameKept = 256;
constexpr std::string_view kUnnamed = "(statement)";

// Texts of prepared statements whose operations are remembered.
constexpr std::size_t kMostRemembered = 1'000, kLongestRemembered = 4'096;

std::uint32_t number(std::span<const char> bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.first(4)) {
    value = (value << 8) | static_cast<unsigned char>(byte);
  }
  return value;
}

std::string_view text(std::span<const char> bytes) {
  return {bytes.data(), bytes.size()};
}

bool one_of(char type, std::string_view types) {
  return types.find(type) != std::string_view::npos;
}

// Takes a string that ends with a zero; all of it when the zero is beyond the head.
std::string_view take_string(std::string_view& fields) {
  const std::size_t end = fields.find('\0');
  const std::string_view string = fields.substr(0, end);
  fields.remove_prefix(end == std::string_view::npos ? fields.size() : end + 1);
  return string;
}

Piece take_body(std::uint64_t& left, std::span<const char> bytes) {
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size()));
  left -= size;
  return body(size);
}

// Begins a message that is `total` bytes long.
Piece begin(std::uint64_t& left, std::uint64_t total, std::span<const char> bytes, const Message& begins) {
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(total, bytes.size()));
  left = total - size;
  return message(size, begins);
}

}  // namespace

Conversation::Conversation(Postgres& postgres, std::uint64_t connection)
    : postgres_(postgres), connection_(connection) {}

Conversation::~Conversation() {
  if (!cancel_key_.empty()) {
    postgres_.cancel_keys_.erase(cancel_key_);
  }
}

std::size_t Conversation::Hash::operator()(std::string_view name) const {
  return XXH3_64bits(name.data(), name.size());
}

Piece Conversation::next(Way way, std::span<const char> bytes) {
  return way == Way::to_upstream ? from_client(bytes) : from_server(bytes);
}

Piece Conversation::from_client(std::span<const char> bytes) {
  if (client_body_ > 0) {
    return take_body(client_body_, bytes);
  }
  if (pending_.size() >= kMostPending) {
    return unframed("more requests wait for their answers than are followed");
  }
  if (!started_) {
    return start_up(bytes);
  }
  if (!one_of(bytes[0], kClientTypes)) {
    return unframed("not a PostgreSQL message from the client");
  }
  if (bytes.size() < kHeader) {
    return incomplete();
  }
  const std::uint32_t length = number(bytes.subspan(1));
  if (length < 4 || length > kLongestMessage) {
    return unframed("not the length of a PostgreSQL message");
  }
  const std::size_t total = std::size_t{1} + length;
  const std::size_t head = one_of(bytes[0], kWithFields) ? std::min(total, kHeadBytes) : kHeader;
  if (bytes.size() < head) {
    return incomplete();
  }
  Message begins{.way = Way::to_upstream};
  understand(begins, bytes[0], text(bytes.subspan(kHeader, head - kHeader)));
  return begin(client_body_, total, bytes, begins);
}

// Section 55.2.1, and 55.2.10 to 55.2.11 for encryption.
Piece Conversation::start_up(std::span<const char> bytes) {
  if (bytes[0] == kTlsHandshake) {
    return handed_through("TLS");
  }
  if (bytes[0] != 0) {
    return unframed("no start-up packet of PostgreSQL");
  }
  if (bytes.size() < 8) {
    return incomplete();
  }
  const std::uint32_t length = number(bytes), code = number(bytes.subspan(4));
  if (length < 8 || length > kLongestStartUp) {
    return unframed("no start-up packet of PostgreSQL");
  }
  Message begins{.way = Way::to_upstream};
  if (code == kSslRequest || code == kGssEncRequest) {
    encryption_ = code == kSslRequest ? 'S' : 'G';
  } else if (code == kCancelRequest) {
    if (length > kLongestCancel) {
      return unframed("a CancelRequest with too long a key");
    }
    if (bytes.size() < length) {
      return incomplete();
    }
    const auto session = postgres_.cancel_keys_.find(text(bytes.subspan(8, length - 8)));
    cancels_ = session == postgres_.cancel_keys_.end() ? 0 : session->second;
    begins.operation = &postgres_.operations.named("CancelRequest");
    begins.request = ++requests_;
    begins.call = true;
    started_ = true;
  } else if (code >> 16 == kMajorVersion) {
    begins.operation = &postgres_.operations.named("(start-up)");
    begins.request = ++requests_;
    begins.call = true;
    started_ = true;
    wait(Waits::start_up, begins.operation, begins.request);
  } else {
    return unframed("not version 3 of the PostgreSQL protocol");
  }
  return begin(client_body_, length, bytes, begins);
}

void Conversation::understand(Message& begins, char type, std::string_view fields) {
  const auto request = [&](Waits for_, Operation* operation, bool call) {
    begins = {Way::to_upstream, operation, ++requests_, call};
    wait(for_, operation, begins.request);
  };
  switch (type) {
    case 'Q': {
      const std::string_view sql = take_string(fields);
      request(Waits::query, &postgres_.operation_of(sql, sql.size() + kHeader < kHeadBytes, false), true);
      break;
    }
    case 'P': {
      const std::string_view statement = take_string(fields);
      const std::string_view sql = take_string(fields);
      begins.operation =
          &postgres_.operation_of(sql, statement.size() + sql.size() + kHeader + 1 < kHeadBytes, true);
      name(statements_, statement_, statement, begins.operation);
      break;
    }
    case 'B': {
      const std::string_view portal = take_string(fields);
      begins.operation = statement(take_string(fields));
      name(portals_, portal_, portal, Portal{begins.operation, false});
      break;
    }
    case 'E': {
      // A second Execute of a portal goes on with the rows of the first.
      Portal* named = portal(take_string(fields));
      Operation* operation =
          named && named->operation ? named->operation : &postgres_.operations.named(kUnnamed);
      request(Waits::execute, operation, !named || !std::exchange(named->executed, true));
      break;
    }
    case 'D':
    case 'C': {
      const bool of_statement = fields.starts_with('S');
      fields.remove_prefix(std::min<std::size_t>(1, fields.size()));
      const std::string_view named = take_string(fields);
      if (of_statement) {
        begins.operation = statement(named);
      } else if (const Portal* found = portal(named)) {
        begins.operation = found->operation;
      }
      if (type == 'C' && of_statement) {
        if (const auto found = statements_.find(named); found != statements_.end()) {
          statements_.erase(found);
        }
      } else if (type == 'C') {
        if (const auto found = portals_.find(named); found != portals_.end()) {
          portals_.erase(found);
        }
      }
      break;
    }
    case 'F': {
      const std::string function =
          fields.size() < 4 ? "FunctionCall" : fmt::format("FunctionCall {}", number(fields));
      request(Waits::function, &postgres_.operations.named(function), true);
      break;
    }
    case 'S':
      wait(Waits::sync, nullptr, requests_);
      break;
    case 'c':
    case 'f':
      wait(Waits::copy_end, nullptr, requests_);
      break;
    default:
      break;
  }
}

Piece Conversation::from_server(std::span<const char> bytes) {
  if (server_body_ > 0) {
    return take_body(server_body_, bytes);
  }
  if (encryption_ != 0) {
    const char asked = std::exchange(encryption_, 0);
    if (bytes[0] == asked) {
      return handed_through(asked == 'S' ? "TLS" : "GSSAPI encryption");
    }
    if (bytes[0] == 'N') {
      return message(1, {.way = Way::to_client});
    }
    if (bytes[0] != 'E') {
      return unframed("not an answer to a request for encryption");
    }
  }
  if (!one_of(bytes[0], kServerTypes)) {
    return unframed("not a PostgreSQL message from the server");
  }
  if (bytes.size() < kHeader) {
    return incomplete();
  }
  const char type = bytes[0];
  const std::uint32_t length = number(bytes.subspan(1));
  if (length < 4 || length > kLongestMessage || (type == 'Z' && length != 5) ||
      (type == 'K' && length > kLongestCancel)) {
    return unframed("not the length of a PostgreSQL message");
  }
  const std::size_t total = std::size_t{1} + length;
  const std::size_t head = type == 'Z' || type == 'K' ? total : kHeader;
  if (bytes.size() < head) {
    return incomplete();
  }
  // The end of a COPY's data that nobody waits for any more: its request has failed.
  while (!pending_.empty() && pending_.front().for_ == Waits::copy_end) {
    pending_.pop_front();
  }
  Message begins{.way = Way::to_client};
  if (!one_of(type, kUnasked) && !pending_.empty()) {
    begins.operation = pending_.front().operation;
    begins.request = pending_.front().request;
  }
  answered(type, text(bytes.subspan(kHeader, head - kHeader)));
  return begin(server_body_, total, bytes, begins);
}

void Conversation::answered(char type, std::string_view fields) {
  const bool execute = !pending_.empty() && pending_.front().for_ == Waits::execute;
  switch (type) {
    case 'Z':
      ready(fields[0]);
      break;
    case 'K':
      cancel_key_ = fields;
      postgres_.cancel_keys_[cancel_key_] = connection_;
      break;
    case 'E':
      failed();
      break;
    case 'G':
      if (execute) {
        pending_.front().copy_in = true;
      }
      break;
    case 'C':
    case 'I':
    case 's':
      if (execute && pending_.front().copy_in) {
        copied();
      } else if (execute) {
        pending_.pop_front();
      }
      break;
    default:
      break;
  }
}

// The server skips everything up to the next Sync (55.2.3); a simple query goes on to its ReadyForQuery.
void Conversation::failed() {
  if (!pending_.empty() && pending_.front().copy_in) {
    copied();
  }
  while (!pending_.empty() &&
         (pending_.front().for_ == Waits::execute || pending_.front().for_ == Waits::copy_end)) {
    pending_.pop_front();
  }
}

// An Execute that was a COPY FROM STDIN has ended. A Sync before the end of its data was ignored (55.2.7).
void Conversation::copied() {
  pending_.pop_front();
  while (!pending_.empty() && pending_.front().for_ == Waits::sync) {
    pending_.pop_front();
  }
  if (!pending_.empty() && pending_.front().for_ == Waits::copy_end) {
    pending_.pop_front();
  }
}

void Conversation::ready(char transaction) {
  transaction_ = transaction;
  while (!pending_.empty()) {
    const Waits ended = pending_.front().for_;
    pending_.pop_front();
    if (ended != Waits::execute && ended != Waits::copy_end) {
      break;
    }
  }
}

void Conversation::wait(Waits for_, Operation* operation, std::uint64_t request) {
  push(pending_, Pending{for_, false, operation, request});
}

Operation* Conversation::statement(std::string_view name) const {
  if (name.empty()) {
    return statement_;
  }
  const auto found = statements_.find(name);
  return found == statements_.end() ? nullptr : found->second;
}

Conversation::Portal* Conversation::portal(std::string_view name) {
  if (name.empty()) {
    return &portal_;
  }
  const auto found = portals_.find(name);
  return found == portals_.end() ? nullptr : &found->second;
}

template <typename T>
void Conversation::name(Named<T>& named, T& unnamed, std::string_view name, const T& value) {
  if (name.empty()) {
    unnamed = value;
  } else if (const auto found = named.find(name); found != named.end()) {
    found->second = value;
  } else if (named.size() < kMostNames && name.size() <= kLongestNameKept) {
    named.emplace(name, value);
  }
}

std::unique_ptr<protocol::Conversation> Postgres::open(std::uint64_t connection) {
  return std::make_unique<Conversation>(*this, connection);
}

Operation& Postgres::operation_of(std::string_view text, bool whole, bool repeated) {
  repeated = repeated && text.size() <= kLongestRemembered;
  const std::uint64_t hash = repeated ? XXH3_64bits(text.data(), text.size()) : 0;
  if (repeated) {
    const auto found = remembered_.find(hash);
    if (found != remembered_.end() && found->second.text == text) {
      return *found->second.operation;
    }
  }
  fingerprint(text, buffer_);
  if (buffer_.empty()) {
    buffer_ = "(empty)";
  }
  if (!whole) {
    buffer_.resize(std::min(buffer_.size(), Operations::kLongestName - 4));
    buffer_ += " …";
  }
  Operation& operation = operations.named(buffer_);
  if (repeated) {
    if (remembered_.size() >= kMostRemembered) {
      remembered_.clear();
    }
    remembered_[hash] = {std::string(text), &operation};
  }
  return operation;
}

}  // namespace faultline::protocol::postgres
