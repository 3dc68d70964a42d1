#include "protocol/postgres/conversation.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

#include "protocol/postgres/fingerprint.h"
#include "protocol/postgres/message.h"
#include "protocol/postgres/statement.h"

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
// The code of what is no error.
constexpr std::string_view kSuccess = "00000";

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

Conversation::Conversation(Postgres& postgres, std::uint64_t connection, Decider* decider)
    : postgres_(postgres), connection_(connection), decider_(decider) {}

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
    return on_request(take_body(client_body_, bytes), bytes);
  }
  request_.end();
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
  understand(begins, bytes[0], text(bytes.subspan(kHeader, head - kHeader)), head == total);
  return on_request(begin(client_body_, total, bytes, begins), bytes);
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
    if (bytes.size() < length) {
      return incomplete();
    }
    begins.operation = &postgres_.operations.named("(start-up)");
    begins.request = ++requests_;
    begins.call = true;
    started_ = true;
    wait(Waits::start_up, begins.operation, begins.request);
    if (decider_) {
      decide_about_login(*begins.operation, text(bytes.subspan(8, length - 8)));
    }
  } else {
    return unframed("not version 3 of the PostgreSQL protocol");
  }
  return on_request(begin(client_body_, length, bytes, begins), bytes);
}

void Conversation::understand(Message& begins, char type, std::string_view fields, bool whole) {
  const auto request = [&](Waits for_, Operation* operation, bool call) {
    begins = {Way::to_upstream, operation, ++requests_, call};
    wait(for_, operation, begins.request);
  };
  switch (type) {
    case 'Q': {
      const std::string_view sql = take_string(fields);
      request(Waits::query, &postgres_.operation_of(sql, sql.size() + kHeader < kHeadBytes, false), true);
      if (decider_) {
        decide(*begins.operation, sql, {}, traceparent_of(sql));
      }
      break;
    }
    case 'P':
      parse(begins, fields);
      break;
    case 'B':
      bind(begins, fields, whole);
      break;
    case 'E': {
      // A second Execute of a portal goes on with the rows of the first.
      Portal* named = portal(take_string(fields));
      Operation* operation =
          named && named->operation ? named->operation : &postgres_.operations.named(kUnnamed);
      const bool first = !named || !std::exchange(named->executed, true);
      request(Waits::execute, operation, first);
      if (decider_ && first) {
        const bool known = named && named->text;
        decide(*operation, known ? std::string_view(*named->text) : std::string_view{},
               named ? std::string_view(named->bound) : std::string_view{},
               named ? std::string_view(named->trace) : std::string_view{});
      }
      break;
    }
    case 'D':
    case 'C': {
      const bool of_statement = fields.starts_with('S');
      fields.remove_prefix(std::min<std::size_t>(1, fields.size()));
      const std::string_view named = take_string(fields);
      if (of_statement) {
        const Statement* found = statement(named);
        begins.operation = found ? found->operation : nullptr;
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

void Conversation::parse(Message& begins, std::string_view fields) {
  const std::string_view named = take_string(fields);
  const std::string_view sql = take_string(fields);
  begins.operation = &postgres_.operation_of(sql, named.size() + sql.size() + kHeader + 1 < kHeadBytes, true);
  Statement parsed{begins.operation, nullptr, {}};
  if (deciding()) {
    parsed.text = std::make_shared<const std::string>(sql);
    parsed.trace = traceparent_of(sql);
  }
  name(statements_, statement_, named, std::move(parsed));
}

void Conversation::bind(Message& begins, std::string_view fields, bool whole) {
  const std::string_view named = take_string(fields);
  Statement* of = statement(take_string(fields));
  begins.operation = of ? of->operation : nullptr;
  Portal bound{begins.operation, false, nullptr, {}, {}};
  if (of && deciding()) {
    bound.text = of->text;
    bound.trace = std::exchange(of->trace, {});
    bound.bound = whole ? fields : std::string_view{};
  }
  name(portals_, portal_, named, std::move(bound));
}

// ---- what rules make of requests ----

void Conversation::decide_about_login(Operation& operation, std::string_view fields) {
  while (fields.size() > 1) {
    const std::string_view name = take_string(fields), value = take_string(fields);
    if (name == "user") {
      login_.user = value;
    } else if (name == "database") {
      login_.database = value;
    }
  }
  login_.database = login_.database.empty() ? login_.user : login_.database;
  if (!deciding()) {
    return;
  }
  const StatementSubject subject(operation, {}, {}, false, login_);
  auto plan = decider_->decide(
      {.subject = subject, .operation = operation, .connection = connection_, .login = true, .trace = {}});
  const fault::RefuseLogin* refuse = nullptr;
  if (plan && plan->decision.request.effect) {
    refuse = std::get_if<fault::RefuseLogin>(&plan->decision.request.effect->rule->fault);
  }
  if (refuse) {
    auto special = std::make_unique<Special>();
    special->answer = error_response("FATAL", refuse->sqlstate, refuse->message);
    request_plan_ = special->plan = std::move(plan);
    request_.begin(*special->plan, special->plan->decision.request);
    special->ours = true;
    request_.replace({});
    pending_.back().special = std::move(special);
  }
}

// The request is the last one that waits.
void Conversation::decide(Operation& operation, std::string_view sql, std::string_view bound,
                          std::string_view trace) {
  if (operation.kind.empty()) {
    operation.kind = kind_of(operation.name);
    operation.objects = tables_of(operation.name);
  }
  const bool begins = operation.kind == "BEGIN",
             ends = operation.kind == "COMMIT" || operation.kind == "ROLLBACK";
  const bool within = sent_transaction_ != 'I';
  if (begins) {
    owner_ = trace;
  }
  if (deciding()) {
    const StatementSubject subject(operation, sql, bound, within, login_);
    auto plan = decider_->decide({.subject = subject,
                                  .operation = operation,
                                  .connection = connection_,
                                  .transaction = within,
                                  .trace = trace.empty() && within ? std::string_view(owner_) : trace});
    if (plan) {
      keep_what_applies(operation, *plan);
      auto special = std::make_unique<Special>();
      const auto& effect = plan->decision.response.effect;
      if (plan->remember || (effect && std::holds_alternative<fault::Stale>(effect->rule->fault))) {
        special->key = fmt::format("{}\n{}\n{}", login_.database, sql, bound);
      }
      request_plan_ = special->plan = std::move(plan);
      request_.begin(*special->plan, special->plan->decision.request);
      change_request(operation, *special);
      pending_.back().special = std::move(special);
    }
  }
  sent_transaction_ = begins ? 'T' : ends ? 'I' : sent_transaction_;
}

// A transaction that has failed fails by itself; what is lost must have been done.
void Conversation::keep_what_applies(const Operation& operation, Plan& plan) const {
  const bool within = sent_transaction_ != 'I';
  const auto is = [](const std::optional<fault::Act>& effect, auto kind) {
    return effect && std::holds_alternative<decltype(kind)>(effect->rule->fault);
  };
  auto& request = plan.decision.request.effect;
  auto& response = plan.decision.response.effect;
  if (is(request, fault::RefuseLogin{}) || (is(request, fault::SqlError{}) && sent_transaction_ == 'E')) {
    request.reset();
  }
  if ((is(response, fault::LoseCommitAnswer{}) && (operation.kind != "COMMIT" || sent_transaction_ != 'T')) ||
      (is(response, fault::LoseAnswer{}) && (within || operation.kind == "BEGIN"))) {
    response.reset();
  }
}

void Conversation::change_request(Operation& operation, Special& special) {
  const auto* error = request_.effect<fault::SqlError>();
  if (!error) {
    return;
  }
  special.answer = error_response(error->fatal ? "FATAL" : "ERROR", error->sqlstate, error->message);
  if (error->fatal) {
    special.ours = true;
    request_.replace({});
  } else if (pending_.back().for_ == Waits::execute) {
    request_.replace(failing_execute());
    special.in_place_of = kNoSuchPortal;
  } else if (operation.kind == "COMMIT" && sent_transaction_ == 'T') {
    request_.replace(query("ROLLBACK"));
    special.in_place_of = kSuccess;
  } else {
    request_.replace(failing_query(error->sqlstate, error->message));
    special.in_place_of = error->sqlstate;
  }
}

Piece Conversation::on_request(Piece piece, std::span<const char> bytes) {
  if (request_.active()) {
    piece.treatment = request_.treat(bytes.first(piece.size));
  }
  return piece;
}

Treatment& Conversation::instead(std::string bytes) {
  answer_instead_ = std::move(bytes);
  Treatment& treatment = response_.own();
  treatment.drop = true;
  treatment.before = answer_instead_;
  return treatment;
}

// A message of an answer that rules act on, or a part of one: then `fields` is empty.
Treatment* Conversation::on_answer(char type, std::string_view fields, std::span<const char> piece) {
  const bool begins = !fields.empty();
  Special& special = *answering_;
  const auto* fatal = response_.effect<fault::SqlError>();
  if (response_.effect<fault::LoseAnswer>() || fatal) {
    losing_ = true;
    Treatment& treatment = instead({});
    response_.acts(treatment);
    if (type == 'Z') {
      if (fatal) {
        answer_instead_ = error_response("FATAL", fatal->sqlstate, fatal->message);
        treatment.before = answer_instead_;
      }
      treatment.stop_at = 0;
      treatment.cut = fatal ? fault::Cut::How::fin : fault::Cut::How::rst;
    }
    return &treatment;
  }
  if (response_.effect<fault::LoseCommitAnswer>() && type == 'C' && fields.starts_with("COMMIT")) {
    Treatment& treatment = instead({});
    treatment.stop_at = 0;
    treatment.cut = fault::Cut::How::rst;
    response_.acts(treatment);
    return &treatment;
  }
  const bool reworded = (type == 'E' && error_field(fields, 'C') == special.in_place_of) ||
                        (type == 'C' && special.in_place_of == kSuccess);
  if (begins && reworded) {
    return &instead(special.answer);
  }
  if (type == 'D' || type == 'C' || type == 's') {
    return on_row(type, fields, piece);
  }
  return response_.treat(piece);
}

// A row of a result, or what ends it.
Treatment* Conversation::on_row(char type, std::string_view fields, std::span<const char> piece) {
  Special& special = *answering_;
  if (response_.effect<fault::EmptyResult>()) {
    if (type == 'D') {
      Treatment& treatment = instead({});
      response_.acts(treatment);
      return &treatment;
    }
    if (fields.starts_with("SELECT") || fields.starts_with("FETCH") || type == 's') {
      const bool fetch = fields.starts_with("FETCH");
      return &instead(command_complete(fetch ? "FETCH 0" : "SELECT 0"));
    }
    return response_.treat(piece);
  }
  if (special.key.empty()) {
    return response_.treat(piece);
  }
  const bool stale = response_.effect<fault::Stale>() != nullptr;
  const bool fits = special.captured.size() + piece.size() <= Memory::kLongestAnswer;
  if (!fits) {
    special.key.clear();
    std::string kept = std::exchange(special.captured, {});
    if (!stale) {
      return response_.treat(piece);
    }
    kept.append(piece.data(), piece.size());
    Treatment& treatment = instead(std::move(kept));  // goes out after all
    response_.does_not_fit(treatment);
    return &treatment;
  }
  special.captured.append(piece.data(), piece.size());
  Treatment* treatment = stale ? &instead({}) : response_.treat(piece);
  if (type == 'C') {
    if (stale) {
      const std::string* other = postgres_.answers_.other_than(special.key, special.captured);
      if (other) {
        response_.acts(*treatment);
      }
      answer_instead_ = other ? *other : special.captured;
      treatment->before = answer_instead_;
    }
    postgres_.answers_.remember(special.key, special.captured);
    special.captured.clear();
  }
  return treatment;
}

const Treatment* Conversation::injected() {
  if (server_body_ > 0 || losing_ || pending_.empty() || !pending_.front().special ||
      !pending_.front().special->ours) {
    return nullptr;
  }
  answering_ = std::move(pending_.front().special);
  losing_ = true;
  response_.begin(*answering_->plan, answering_->plan->decision.response);
  Treatment& treatment = instead(answering_->answer);
  treatment.stop_at = 0;
  treatment.cut = fault::Cut::How::fin;
  return &treatment;
}

// ---- what the server says ----

Piece Conversation::from_server(std::span<const char> bytes) {
  if (server_body_ > 0) {
    Piece piece = take_body(server_body_, bytes);
    if (in_answer_) {
      piece.treatment = on_answer(in_type_, {}, bytes.first(piece.size));
    }
    return piece;
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
  const bool worded =
      (type == 'E' || type == 'C') && (answering_ || (!pending_.empty() && pending_.front().special));
  const std::size_t head = type == 'Z' || type == 'K' ? total
                           : worded                   ? std::min(total, kHeadBytes)
                                                      : kHeader;
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
  if (begins.request != 0 && pending_.front().special) {
    answering_ = std::move(pending_.front().special);
    answering_request_ = begins.request;
    response_.begin(*answering_->plan, answering_->plan->decision.response);
  } else if (answering_ && begins.request != answering_request_ && begins.request != 0 && !losing_) {
    answering_.reset();
  }
  in_answer_ = answering_ && (begins.request == answering_request_ || losing_);
  in_type_ = type;
  const std::string_view fields = text(bytes.subspan(kHeader, head - kHeader));
  answered(type, fields);
  Piece piece = begin(server_body_, total, bytes, begins);
  if (in_answer_) {
    piece.treatment = on_answer(type, fields, bytes.first(piece.size));
  }
  return piece;
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
  if (transaction == 'I') {
    owner_.clear();
  }
  while (!pending_.empty()) {
    const Waits ended = pending_.front().for_;
    pending_.pop_front();
    if (ended != Waits::execute && ended != Waits::copy_end) {
      break;
    }
  }
  if (pending_.empty()) {
    sent_transaction_ = transaction;
  }
}

void Conversation::wait(Waits for_, Operation* operation, std::uint64_t request) {
  push(pending_, Pending{for_, false, operation, request});
}

Conversation::Statement* Conversation::statement(std::string_view name) {
  if (name.empty()) {
    return &statement_;
  }
  const auto found = statements_.find(name);
  return found == statements_.end() ? nullptr : &found->second;
}

Conversation::Portal* Conversation::portal(std::string_view name) {
  if (name.empty()) {
    return &portal_;
  }
  const auto found = portals_.find(name);
  return found == portals_.end() ? nullptr : &found->second;
}

template <typename T>
void Conversation::name(Named<T>& named, T& unnamed, std::string_view name, T value) {
  if (name.empty()) {
    unnamed = std::move(value);
  } else if (const auto found = named.find(name); found != named.end()) {
    found->second = std::move(value);
  } else if (named.size() < kMostNames && name.size() <= kLongestNameKept) {
    named.emplace(name, std::move(value));
  }
}

std::unique_ptr<protocol::Conversation> Postgres::open(std::uint64_t connection, Decider* decider) {
  return std::make_unique<Conversation>(*this, connection, decider);
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
