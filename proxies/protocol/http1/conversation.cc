#include "protocol/http1/conversation.h"

#include <algorithm>

#include "protocol/http1/head.h"

namespace faultline::protocol::http1 {

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
    return take_body(request_, bytes);
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
  push(pending_, Pending{method, &operation, ++requests_});
  return message(parsed.size, {Way::to_upstream, &operation, requests_, true});
}

// RFC 9112, section 6.3.
Piece Conversation::from_server(std::span<const char> bytes) {
  if (response_.is != Body::Is::none) {
    return take_body(response_, bytes);
  }
  Head head;
  const ParsedHead parsed = parse_response_head(bytes, head);
  if (parsed.is == ParsedHead::Is::incomplete) {
    return incomplete();
  }
  if (parsed.is == ParsedHead::Is::wrong) {
    return unframed(parsed.reason);
  }
  const Pending answers = pending_.empty() ? Pending{} : pending_.front();
  const bool interim = head.status < 200 && head.status != 101;
  if (!interim && !pending_.empty()) {
    pending_.pop_front();
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
  return message(parsed.size, {Way::to_client, answers.operation, answers.request, false});
}

std::unique_ptr<protocol::Conversation> Http1::open(std::uint64_t /*connection*/) {
  return std::make_unique<Conversation>(*this);
}

}  // namespace faultline::protocol::http1
