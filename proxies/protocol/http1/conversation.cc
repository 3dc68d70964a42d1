#include "protocol/http1/conversation.h"

#include <fmt/format.h>

#include <algorithm>

#include "fault/wording.h"
#include "protocol/http1/head.h"
#include "protocol/http1/subject.h"

namespace faultline::protocol::http1 {

namespace {

// The whole of a response with this status.
std::string answer_of(const fault::Status& status, bool to_head, bool closes) {
  std::string answer = fmt::format("HTTP/1.1 {} {}\r\n", status.code, fault::reason_phrase(status.code));
  for (const auto& [name, value] : status.headers) {
    answer += fmt::format("{}: {}\r\n", name, value);
  }
  if (closes) {
    answer += "Connection: close\r\n";
  }
  if (status.code == 204 || status.code == 304) {
    return answer + "\r\n";
  }
  return answer + fmt::format("Content-Length: {}\r\n\r\n{}", status.body.size(), to_head ? "" : status.body);
}

// The head with another line in the place of this field.
std::string with_field(std::string_view head, std::string_view name, std::string_view line) {
  std::string changed;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size() - 1) + 1;
    const std::string_view one = head.substr(0, end);
    if (same_field(one.substr(0, one.find(':')), name)) {
      changed.append(line).append("\r\n");
    } else {
      changed += one;
    }
    head.remove_prefix(end);
  }
  return changed;
}

}  // namespace

Piece Conversation::next(Way way, std::span<const char> bytes) {
  if (!handed_to_.empty()) {
    return handed_through(handed_to_);
  }
  return way == Way::to_upstream ? from_client(bytes) : from_server(bytes);
}

Piece Conversation::take_body(Body& of, std::span<const char> bytes) {
  switch (of.is) {
    case Body::Is::length: {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(of.left, bytes.size()));
      of.left -= size;
      if (of.left == 0) {
        of.is = Body::Is::none;
      }
      return body(size);
    }
    case Body::Is::chunked: {
      const ChunkedReader::Step step = of.chunks.read(bytes);
      if (step.wrong) {
        return step.taken > 0 ? body(step.taken) : unframed("not a chunk of an HTTP/1 body");
      }
      if (step.done) {
        of.is = Body::Is::none;
      }
      return body(step.taken);
    }
    default:
      return body(bytes.size());
  }
}

Piece Conversation::from_client(std::span<const char> bytes) {
  if (request_.is != Body::Is::none) {
    return on_request(take_body(request_, bytes), bytes);
  }
  constexpr std::string_view kHttp2 = "PRI * HTTP/2.0\r\n";  // RFC 9113, section 3.4
  if (bytes[0] == kTlsHandshake) {
    return handed_through("TLS");
  }
  if (std::string_view(bytes.data(), bytes.size()).starts_with(kHttp2)) {
    return handed_through("HTTP/2");
  }
  if (pending_.size() >= kMostPending) {
    return unframed("more requests wait for their answers than are followed");
  }
  Head head;
  const ParsedHead parsed = parse_request_head(bytes, head);
  if (parsed.is == ParsedHead::Is::incomplete) {
    return incomplete();
  }
  if (parsed.is == ParsedHead::Is::wrong) {
    return unframed(parsed.reason);
  }
  const bool decides = decider_ && decider_->active();
  std::size_t whole_size = 0;
  if (decides && !whole(head, parsed.size, bytes, whole_size)) {
    return incomplete();
  }
  if (head.chunked) {
    request_.is = Body::Is::chunked;
  } else if (head.length.value_or(0) > 0) {
    request_.is = Body::Is::length;
    request_.left = *head.length;
  }
  http_.buffer_.clear();
  append_operation(http_.buffer_, head);
  Operation& operation = http_.operations.named(http_.buffer_);
  const Method method = head.method == "HEAD"      ? Method::head
                        : head.method == "CONNECT" ? Method::connect
                                                   : Method::other;
  Pending pending{method, &operation, ++requests_};
  request_passage_.end();
  if (decides) {
    pending.special = decide(head, operation, bytes, parsed.size, whole_size);
  }
  if (pending.special && request_passage_.effect<fault::Duplicate>() && whole_size > 0) {
    Pending first{method, &operation, requests_};
    first.special = std::make_unique<Special>();
    first.special->plan = request_plan_;
    first.special->unwanted = true;
    push(pending_, std::move(first));
  }
  push(pending_, std::move(pending));
  return on_request(message(parsed.size, {Way::to_upstream, &operation, requests_, true}), bytes);
}

// Whether the request need not be waited for any more. `size` is that of all of it, where it is at hand and somebody wants
// it so.
bool Conversation::whole(const Head& head, std::size_t head_size, std::span<const char> bytes,
                         std::size_t& size) const {
  if (!decider_->asks_for(fault::Field::body) || head.expects_continue || head.other_coding) {
    return true;
  }
  if (head.chunked) {
    ChunkedReader chunks;
    const std::span<const char> rest =
        bytes.subspan(head_size, std::min(bytes.size(), kHeadBytes) - head_size);
    const ChunkedReader::Step step = chunks.read(rest);
    size = step.done ? head_size + step.taken : 0;
    return step.done || step.wrong || bytes.size() >= kHeadBytes - 1;
  }
  const std::uint64_t length = head.length.value_or(0);
  if (length >= kHeadBytes - head_size) {
    return true;
  }
  size = head_size + static_cast<std::size_t>(length);
  const bool there = bytes.size() >= size;
  size = there ? size : 0;
  return there;
}

// What rules make of a request; null: nothing.
std::unique_ptr<Conversation::Special> Conversation::decide(const Head& head, Operation& operation,
                                                            std::span<const char> bytes,
                                                            std::size_t head_size, std::size_t whole_size) {
  if (operation.kind.empty()) {
    operation.kind = head.method;
    if (operation.name.size() > head.method.size()) {
      operation.objects = {operation.name.substr(head.method.size() + 1)};
    }
  }
  const std::string_view head_bytes(bytes.data(), head_size);
  const std::string_view body = whole_size > head_size
                                    ? std::string_view(bytes.data() + head_size, whole_size - head_size)
                                    : std::string_view{};
  const RequestSubject subject(operation, head, head_bytes, body);
  const auto traceparent = field_of(head_bytes, "traceparent");
  const std::string_view trace =
      traceparent ? *traceparent : field_of(head_bytes, "x-request-id").value_or("");
  auto plan = decider_->decide(
      {.subject = subject, .operation = operation, .connection = connection_, .trace = trace});
  if (!plan) {
    return nullptr;
  }
  auto special = std::make_unique<Special>();
  request_plan_ = special->plan = std::move(plan);
  request_passage_.begin(*special->plan, special->plan->decision.request);
  if (const auto* status = request_passage_.effect<fault::Status>()) {
    special->ours = true;
    swallowed_ = requests_;
    request_passage_.replace({});
    special->closes = head.closes || head.expects_continue;
    special->complete = request_.is == Body::Is::none || head.expects_continue;
    special->answer = answer_of(*status, head.method == "HEAD", special->closes);
  } else if (request_passage_.effect<fault::Duplicate>() && whole_size > 0) {
    request_passage_.precede({bytes.data(), whole_size});
  } else if (request_passage_.effect<fault::Duplicate>()) {
    request_passage_.give_up();
  }
  return special;
}

Piece Conversation::on_request(Piece piece, std::span<const char> bytes) {
  if (request_.is == Body::Is::none && swallowed_ == requests_) {
    for (Pending& pending : pending_) {
      if (pending.request == swallowed_ && pending.special) {
        pending.special->complete = true;
      }
    }
  }
  if (request_passage_.active()) {
    piece.treatment = request_passage_.treat(bytes.first(piece.size));
  }
  return piece;
}

const Treatment* Conversation::injected() {
  const bool between = response_.is == Body::Is::none;
  if (!between || pending_.empty() || !pending_.front().special || !pending_.front().special->ours ||
      !pending_.front().special->complete) {
    return nullptr;
  }
  answering_ = std::move(pending_.front().special);
  pending_.pop_front();
  response_passage_.begin(*answering_->plan, answering_->plan->decision.response);
  Treatment& treatment = response_passage_.own();
  treatment.before = answering_->answer;
  if (answering_->closes) {
    treatment.cut = fault::Cut::How::fin;
    treatment.stop_at = 0;
  }
  return &treatment;
}

// RFC 9112, section 6.3.
Piece Conversation::from_server(std::span<const char> bytes) {
  if (response_.is != Body::Is::none) {
    Piece piece = take_body(response_, bytes);
    if (answering_) {
      piece.treatment = on_body(bytes.first(piece.size));
    }
    return piece;
  }
  Head head;
  const ParsedHead parsed = parse_response_head(bytes, head);
  if (parsed.is == ParsedHead::Is::incomplete) {
    return incomplete();
  }
  if (parsed.is == ParsedHead::Is::wrong) {
    return unframed(parsed.reason);
  }
  answering_.reset();
  Pending answers;
  const bool interim = head.status < 200 && head.status != 101;
  if (!pending_.empty()) {
    answers.method = pending_.front().method;
    answers.operation = pending_.front().operation;
    answers.request = pending_.front().request;
    if (!interim) {
      answering_ = std::move(pending_.front().special);
      pending_.pop_front();
    }
  }
  if (head.status == 101) {
    handed_to_ = "an upgrade of HTTP/1";
  } else if (answers.method == Method::connect && head.status / 100 == 2) {
    handed_to_ = "a CONNECT of HTTP/1";
  } else if (interim || head.status == 204 || head.status == 304 || answers.method == Method::head) {
    response_.is = Body::Is::none;
  } else if (head.chunked) {
    response_.is = Body::Is::chunked;
  } else if (head.other_coding || !head.length) {
    response_.is = Body::Is::until_close;
  } else if (*head.length > 0) {
    response_.is = Body::Is::length;
    response_.left = *head.length;
  }
  Piece piece = message(parsed.size, {Way::to_client, answers.operation, answers.request, false});
  if (answering_) {
    response_passage_.begin(*answering_->plan, answering_->plan->decision.response);
    piece.treatment = on_head(head, bytes.first(parsed.size));
  }
  return piece;
}

// The head of a response that rules act on.
Treatment* Conversation::on_head(const Head& head, std::span<const char> bytes) {
  body_passed_ = 0;
  before_body_.clear();
  const bool ends = response_.is == Body::Is::none, endless = response_.is == Body::Is::until_close;
  if (const auto* status = response_passage_.effect<fault::Status>(); status && !answering_->unwanted) {
    answering_->answer = answer_of(*status, false, endless);
  }
  if (Treatment* instead = instead_of_answer(true)) {
    return instead;
  }
  const auto changed = [&](std::string with) {
    head_instead_ = std::move(with);
    Treatment& treatment = response_passage_.own();
    treatment.drop = true;
    treatment.before = head_instead_;
    response_passage_.acts(treatment);
    return &treatment;
  };
  const std::string_view text(bytes.data(), bytes.size());
  if (const auto* malform = response_passage_.effect<fault::Malform>()) {
    using What = fault::Malform::What;
    if (malform->what == What::status_line) {
      return changed("PTTH" + std::string(text.substr(std::min<std::size_t>(4, text.size()))));
    }
    if (malform->what == What::content_type && field_of(text, "content-type")) {
      return changed(with_field(text, "content-type", "Content-Type: text/plain"));
    }
    if (malform->what == What::chunk_size && !ends && !endless) {
      before_body_ = "not a size\r\n";
      return changed(head.chunked ? std::string(text)
                                  : with_field(text, "content-length", "Transfer-Encoding: chunked"));
    }
  }
  const auto* hang = response_passage_.effect<fault::Hang>();
  if (hang && hang->at == fault::Hang::At::body && ends) {
    return nullptr;  // there is no body to stop in
  }
  return response_passage_.treat(bytes);
}

Treatment* Conversation::on_body(std::span<const char> bytes) {
  const std::uint64_t from = std::exchange(body_passed_, body_passed_ + bytes.size());
  if (Treatment* instead = instead_of_answer(false)) {
    return instead;
  }
  if (!before_body_.empty() && from == 0) {
    Treatment& treatment = response_passage_.own();
    treatment.before = before_body_;
    return &treatment;
  }
  if (const auto* truncate = response_passage_.effect<fault::Truncate>();
      truncate && truncate->bytes < body_passed_) {
    Treatment& treatment = response_passage_.own();
    treatment.stop_at = static_cast<std::size_t>(truncate->bytes > from ? truncate->bytes - from : 0);
    treatment.cut = fault::Cut::How::fin;
    response_passage_.acts(treatment);
    return &treatment;
  }
  if (const auto* hang = response_passage_.effect<fault::Hang>();
      hang && hang->at == fault::Hang::At::body && from == 0) {
    Treatment& treatment = response_passage_.own();
    treatment.stop_at = bytes.size() / 2;
    treatment.hang = *hang;
    treatment.rule = response_passage_.act()->rule.get();
    response_passage_.acts(treatment);
    return &treatment;
  }
  if (const auto* malform = response_passage_.effect<fault::Malform>();
      malform && malform->what == fault::Malform::What::json && from == 0) {
    Treatment& treatment = response_passage_.own();
    // Behind the line of a chunk's size, where there is one.
    const std::string_view text(bytes.data(), bytes.size());
    const std::size_t begins = text.find_first_of("{[\"");
    if (begins != std::string_view::npos) {
      treatment.patch_at = begins;
      treatment.patch = '<';
      response_passage_.acts(treatment);
    }
    return &treatment;
  }
  return response_passage_.treat(bytes);
}

// Where the upstream's answer is thrown away: what happens to the next piece of it. Null: it is not.
Treatment* Conversation::instead_of_answer(bool begins) {
  const bool status = response_passage_.effect<fault::Status>() && !answering_->unwanted;
  const bool lost = response_passage_.effect<fault::LoseAnswer>() && !answering_->unwanted;
  if (!status && !lost && !answering_->unwanted) {
    return nullptr;
  }
  Treatment& treatment = response_passage_.own();
  treatment.drop = true;
  if (answering_->unwanted) {
    return &treatment;
  }
  response_passage_.acts(treatment);
  const bool endless = response_.is == Body::Is::until_close;
  if (status && begins) {
    treatment.before = answering_->answer;
  }
  if ((lost && (response_.is == Body::Is::none || endless)) || (status && endless)) {
    treatment.stop_at = 0;
    treatment.cut = lost ? fault::Cut::How::rst : fault::Cut::How::fin;
  }
  return &treatment;
}

std::unique_ptr<protocol::Conversation> Http1::open(std::uint64_t connection, Decider* decider) {
  return std::make_unique<Conversation>(*this, connection, decider);
}

}  // namespace faultline::protocol::http1
