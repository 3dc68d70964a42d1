#include "protocol/redis/conversation.h"

#include <algorithm>
#include <array>

#include "protocol/redis/miss.h"
#include "protocol/redis/subject.h"

namespace faultline::protocol::redis {

namespace {

bool is(const Command& command, std::size_t at, std::string_view upper_case) {
  return at < command.arguments.size() && same_word(command.arguments[at], upper_case);
}

}  // namespace

Piece Conversation::next(Way way, std::span<const char> bytes) {
  return way == Way::to_upstream ? from_client(bytes) : from_server(bytes);
}

Piece Conversation::from_client(std::span<const char> bytes) {
  if (bytes_left_ > 0 || arguments_left_ > 0) {
    return rest_of_command(bytes);
  }
  if (pending_.size() >= kMostPending) {
    return unframed("more commands wait for their answers than are followed");
  }
  if (bytes[0] == kTlsHandshake) {
    return handed_through("TLS");
  }
  Command& command = redis_.command_;
  const Parsed parsed = parse_command(bytes, command);
  if (parsed.is == Parsed::Is::incomplete) {
    return incomplete();
  }
  if (parsed.is == Parsed::Is::wrong) {
    return unframed(parsed.reason);
  }
  if (is(command, 0, "PSYNC") || is(command, 0, "SYNC")) {
    return handed_through("replication");
  }
  bytes_left_ = command.bytes_left;
  arguments_left_ = command.arguments_left;
  Message begins{.way = Way::to_upstream};
  if (command.count > 0) {
    redis_.buffer_.clear();
    append_operation(redis_.buffer_, command);
    begins.operation = &redis_.operations.named(redis_.buffer_);
    begins.request = ++requests_;
    begins.call = true;
    Pending pending{.operation = begins.operation, .request = begins.request};
    if (decider_ && decider_->active()) {
      pending.special = decide(command, *begins.operation);
    }
    const bool executed = !pending.special || !pending.special->ours;
    if (executed ? understand(command, pending) : answered_later(command)) {
      push(pending_, std::move(pending));
    }
  }
  return on_request(message(parsed.size, begins), bytes);
}

// What rules make of a command; null: nothing.
std::unique_ptr<Conversation::Special> Conversation::decide(const Command& command, Operation& operation) {
  if (operation.kind.empty()) {
    operation.kind = operation.name.substr(0, command_size(command, operation.name));
  }
  const CommandSubject subject(command, operation, in_multi_, database_);
  auto plan = decider_->decide({.subject = subject,
                                .operation = operation,
                                .connection = connection_,
                                .transaction = in_multi_,
                                .trace = {}});
  if (is(command, 0, "SELECT") && command.arguments.size() == 2) {
    database_ = command.arguments[1];
  }
  if (!plan) {
    return nullptr;
  }
  auto special = std::make_unique<Special>();
  auto& effect = plan->decision.response.effect;
  if (effect && std::holds_alternative<fault::Miss>(effect->rule->fault) && !in_multi_) {
    special->miss = reply_of_miss(operation.kind, command.count, resp3_);
  }
  const bool whole = command.arguments.size() == command.count;
  if (whole && !in_multi_ &&
      (plan->remember || (effect && std::holds_alternative<fault::Stale>(effect->rule->fault)))) {
    for (const std::string_view argument : command.arguments) {
      special->key.append(argument).append(1, '\0');
    }
    special->key += database_;
  }
  const bool changed = plan->decision.request.effect.has_value();
  request_plan_ = special->plan = std::move(plan);
  request_.begin(*special->plan, special->plan->decision.request);
  if (changed) {
    change_command(command, *special);
  }
  return special;
}

// An error instead of a command, or an EXEC that aborts.
void Conversation::change_command(const Command& command, Special& special) {
  constexpr std::string_view kDiscard = "*1\r\n$7\r\nDISCARD\r\n";
  // Refused for its number of arguments, before anything else is looked at (processCommand in src/server.c).
  constexpr std::string_view kRefused = "*1\r\n$3\r\nGET\r\n";
  const bool exec = in_multi_ && is(command, 0, "EXEC");
  if (request_.effect<fault::AbortExec>() && exec) {
    special.replaced = true;
    request_.replace(kDiscard);
    special.answer = resp3_ ? "_\r\n" : "*-1\r\n";
  } else if (const auto* error = request_.effect<fault::RedisError>()) {
    std::string_view instead;
    if (exec) {
      instead = kDiscard;
      special.answer = "-EXECABORT Transaction discarded because of: " + error->text + "\r\n";
    } else {
      instead = in_multi_ && !is(command, 0, "DISCARD") ? kRefused : std::string_view{};
      special.answer = "-" + error->text + "\r\n";
    }
    request_.replace(instead);
    special.replaced = !instead.empty();
    special.ours = instead.empty();
  }
}

Piece Conversation::on_request(Piece piece, std::span<const char> bytes) {
  if (!request_.active()) {
    return piece;
  }
  piece.treatment = request_.treat(bytes.first(piece.size));
  if (bytes_left_ == 0 && arguments_left_ == 0) {
    request_.end();
  }
  return piece;
}

Piece Conversation::rest_of_command(std::span<const char> bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && (bytes_left_ > 0 || arguments_left_ > 0)) {
    if (bytes_left_ > 0) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes_left_, bytes.size() - at));
      bytes_left_ -= size;
      at += size;
      continue;
    }
    const std::string_view rest(bytes.data() + at, bytes.size() - at);
    const Length length = parse_length(rest);
    if (length.is == Length::Is::incomplete) {
      break;
    }
    if (length.is == Length::Is::wrong || rest[0] != '$' || length.value < 0) {
      return at > 0 ? on_request(body(at), bytes) : unframed("not an argument of a Redis command");
    }
    at += length.size;
    --arguments_left_;
    bytes_left_ = static_cast<std::uint64_t>(length.value) + 2;
  }
  return at > 0 ? on_request(body(at), bytes) : incomplete();
}

// What will answer this command; false when nothing will.
bool Conversation::understand(const Command& command, Pending& pending) {
  const auto channels = static_cast<std::uint64_t>(command.count - 1);
  constexpr std::array<std::pair<std::string_view, Answer>, 6> kPubSub = {{
      {"SUBSCRIBE", Answer::subscribe},
      {"PSUBSCRIBE", Answer::psubscribe},
      {"SSUBSCRIBE", Answer::ssubscribe},
      {"UNSUBSCRIBE", Answer::unsubscribe},
      {"PUNSUBSCRIBE", Answer::punsubscribe},
      {"SUNSUBSCRIBE", Answer::sunsubscribe},
  }};
  const std::string_view name = command.arguments.empty() ? std::string_view{} : command.arguments[0];
  // The first letter keeps the usual commands from being compared with all of these.
  switch (name.empty() ? '\0' : static_cast<char>(name[0] & ~0x20)) {
    case 'S':
    case 'P':
    case 'U':
      for (const auto& [word, answer] : kPubSub) {
        if (is(command, 0, word)) {
          pending.answer = answer;
          pending.confirmations = channels;
        }
      }
      break;
    case 'M':
      in_multi_ = in_multi_ || is(command, 0, "MULTI");
      if (is(command, 0, "MONITOR") && !in_multi_) {
        pending.answer = Answer::monitor;
      }
      break;
    case 'E':
      in_multi_ = in_multi_ && !is(command, 0, "EXEC");
      break;
    case 'D':
      in_multi_ = in_multi_ && !is(command, 0, "DISCARD");
      break;
    case 'H':
      if (is(command, 0, "HELLO")) {
        pending.answer = Answer::hello;
      }
      break;
    case 'R':
      if (is(command, 0, "RESET") && channels == 0) {
        pending.answer = Answer::reset;
        in_multi_ = replies_off_ = false;
        replies_skipped_ = 0;
        database_ = "0";
      }
      break;
    default:
      break;
  }
  return answered_later(command);
}

// CLIENT REPLY ON|OFF|SKIP: whether this command is answered, and those after it.
bool Conversation::answered_later(const Command& command) {
  if (command.count == 3 && is(command, 0, "CLIENT") && is(command, 1, "REPLY") && !in_multi_) {
    if (is(command, 2, "OFF")) {
      replies_off_ = true;
      replies_skipped_ = 0;
      return false;
    }
    if (is(command, 2, "ON")) {
      replies_off_ = false;
      replies_skipped_ = 0;
      return true;
    }
    if (is(command, 2, "SKIP")) {
      replies_skipped_ = replies_off_ ? 0 : 1;
      return false;
    }
  }
  if (replies_skipped_ > 0) {
    --replies_skipped_;
    return false;
  }
  return !replies_off_;
}

Piece Conversation::from_server(std::span<const char> bytes) {
  const ReplyReader::Step step = reader_.read(bytes);
  if (step.wrong && step.taken == 0) {
    return unframed("not a reply of Redis");
  }
  if (step.taken == 0) {
    return incomplete();
  }
  const bool begins = !in_reply_;
  in_reply_ = !step.done;
  Message first{.way = Way::to_client};
  // Whom a confirmation or a published message answers is known at its end only.
  const char type = bytes[0];
  if (begins && !pending_.empty() && type != '>' && !(type == '+' && monitoring_)) {
    first.operation = pending_.front().operation;
    first.request = pending_.front().request;
  }
  if (begins) {
    replying_.reset();
    // In RESP2 what was published looks like a reply.
    const bool published = type == '*' && !resp3_ && channels_ + patterns_ + shard_channels_ > 0;
    if (first.operation && pending_.front().special && !published) {
      replying_ = std::move(pending_.front().special);
      response_.begin(*replying_->plan, replying_->plan->decision.response);
    }
  }
  if (step.done) {
    answered(reader_.reply());
  }
  Piece piece = begins ? message(step.taken, first) : body(step.taken);
  if (replying_) {
    piece.treatment = on_reply(bytes.first(step.taken), begins, step.done);
  }
  return piece;
}

Treatment* Conversation::on_reply(std::span<const char> piece, bool begins, bool done) {
  Special& special = *replying_;
  const bool error = begins && piece[0] == '-', attributes = begins && piece[0] == '|';
  if (begins && special.miss && !error && !attributes) {
    special.replaced = true;
    special.answer = *special.miss;
  }
  if (special.replaced) {
    Treatment& treatment = response_.own();
    treatment.drop = true;
    if (begins) {
      treatment.before = special.answer;
    }
    if (special.miss) {
      response_.acts(treatment);
    }
    return &treatment;
  }
  if (response_.effect<fault::LoseAnswer>()) {
    Treatment& treatment = response_.own();
    treatment.drop = true;
    if (done) {
      treatment.cut = fault::Cut::How::rst;
      treatment.stop_at = 0;
    }
    response_.acts(treatment);
    return &treatment;
  }
  if (!special.key.empty()) {
    return give_again(piece, done);
  }
  return response_.treat(piece);
}

// Remembers the reply, and gives the one before it where a rule wants that.
Treatment* Conversation::give_again(std::span<const char> piece, bool done) {
  Special& special = *replying_;
  const bool stale = response_.effect<fault::Stale>() != nullptr;
  const bool fits = special.captured.size() + piece.size() <= Memory::kLongestAnswer;
  if (fits) {
    special.captured.append(piece.data(), piece.size());
  }
  if (!stale || !fits) {
    Treatment* treatment = response_.treat(piece);
    if (stale) {
      treatment = treatment ? treatment : &response_.own();
      special.answer = std::exchange(special.captured, {});  // what was kept back goes out after all
      treatment->before = special.answer;
      response_.does_not_fit(*treatment);
    }
    if (!fits) {
      special.key.clear();
    } else if (done) {
      redis_.answers_.remember(special.key, special.captured);
    }
    return treatment;
  }
  Treatment& treatment = response_.own();
  treatment.drop = true;
  if (done) {
    if (const std::string* other = redis_.answers_.other_than(special.key, special.captured)) {
      special.answer = *other;
      response_.acts(treatment);
    } else {
      special.answer = special.captured;
    }
    treatment.before = special.answer;
    redis_.answers_.remember(special.key, special.captured);
  }
  return &treatment;
}

const Treatment* Conversation::injected() {
  if (in_reply_ || pending_.empty() || !pending_.front().special || !pending_.front().special->ours) {
    return nullptr;
  }
  replying_ = std::move(pending_.front().special);
  pending_.pop_front();
  response_.begin(*replying_->plan, replying_->plan->decision.response);
  Treatment& treatment = response_.own();
  treatment.before = replying_->answer;
  return &treatment;
}

// Whether it came without being asked for.
bool Conversation::pushed(const Reply& reply) const {
  if (reply.type == '>') {
    return true;
  }
  if (monitoring_ && reply.type == '+' && reply.second_byte >= '0' && reply.second_byte <= '9') {
    return true;
  }
  const std::string_view kind = reply.first();
  return !resp3_ && reply.type == '*' && channels_ + patterns_ + shard_channels_ > 0 &&
         ((reply.elements == 3 && (kind == "message" || kind == "smessage")) ||
          (reply.elements == 4 && kind == "pmessage"));
}

void Conversation::answered(const Reply& reply) {
  if ((reply.type == '>' || reply.type == '*') && confirmed(reply)) {
    return;
  }
  if (pushed(reply) || pending_.empty()) {
    return;
  }
  const Answer answer = pending_.front().answer;
  pending_.pop_front();
  if (reply.type == '-') {
    return;
  }
  switch (answer) {
    case Answer::monitor:
      monitoring_ = true;
      break;
    case Answer::hello:
      resp3_ = reply.type == '%';
      break;
    case Answer::reset:
      monitoring_ = resp3_ = false;
      channels_ = patterns_ = shard_channels_ = 0;
      break;
    default:
      break;
  }
}

// A subscription begun or ended: [kind, channel, how many there are now], of channels and patterns together, of shard
// channels apart.
bool Conversation::confirmed(const Reply& reply) {
  struct Kind {
    std::string_view name;
    Answer answer;
    std::int64_t Conversation::*count;
    bool ends;
  };
  static constexpr std::array<Kind, 6> kKinds = {{
      {"subscribe", Answer::subscribe, &Conversation::channels_, false},
      {"psubscribe", Answer::psubscribe, &Conversation::patterns_, false},
      {"ssubscribe", Answer::ssubscribe, &Conversation::shard_channels_, false},
      {"unsubscribe", Answer::unsubscribe, &Conversation::channels_, true},
      {"punsubscribe", Answer::punsubscribe, &Conversation::patterns_, true},
      {"sunsubscribe", Answer::sunsubscribe, &Conversation::shard_channels_, true},
  }};
  if (pending_.empty() || reply.elements != 3) {
    return false;
  }
  Pending& front = pending_.front();
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& one) {
    return one.answer == front.answer && one.name == reply.first();
  });
  if (kind == kKinds.end()) {
    return false;
  }
  std::int64_t& count = this->*kind->count;
  if (kind->ends && front.confirmations == 0) {
    front.confirmations = static_cast<std::uint64_t>(std::max<std::int64_t>(1, count));
  }
  count = kind->answer == Answer::ssubscribe || kind->answer == Answer::sunsubscribe
              ? reply.third
              : reply.third - (&count == &channels_ ? patterns_ : channels_);
  if (front.confirmations <= 1) {
    pending_.pop_front();
  } else {
    --front.confirmations;
  }
  return true;
}

std::unique_ptr<protocol::Conversation> Redis::open(std::uint64_t connection, Decider* decider) {
  return std::make_unique<Conversation>(*this, connection, decider);
}

}  // namespace faultline::protocol::redis
