#include "run/count_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <pqxx/pqxx>

#include "http/client.h"
#include "loop/loop.h"
#include "run/clients.h"
#include "scenario/tenants.h"

namespace faultline::run {
namespace {

using nlohmann::json;
using scenario::Count;

constexpr Duration kLimit = std::chrono::seconds(5);  // of one answer
// Between looks at what is not right yet; then twice as long, and so on: nobody's limits are to be met by looking.
constexpr Duration kFirstPause = std::chrono::milliseconds(200);
constexpr int kNotFound = 404;

struct Counted {
  std::optional<std::int64_t> value;
  std::string problem;  // why there is none
};

Counted number(std::string_view text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() && read.ptr == text.data() + text.size()
             ? Counted{value, {}}
             : Counted{std::nullopt, fmt::format("'{}' is no whole number", text.substr(0, 80))};
}

// What the placeholders of a count stand for.
class Values {
 public:
  explicit Values(const Ended& ended) : ended_(ended), number_(std::to_string(ended.arrival.number)) {}

  const std::string* operator()(const std::string& name) const {
    constexpr std::string_view kOf = "arrival.";
    if (name.size() <= kOf.size()) {
      return &number_;
    }
    const std::string wanted = name.substr(kOf.size());
    const auto captured = std::find_if(ended_.captures.begin(), ended_.captures.end(),
                                       [&](const auto& each) { return each.first == wanted; });
    return captured != ended_.captures.end() ? &captured->second : ended_.arrival.datum(wanted);
  }

 private:
  const Ended& ended_;
  const std::string number_;
};

// Asks the stores and the service, over connections that are kept.
class Asker {
 public:
  explicit Asker(const Addresses& addresses) : addresses_(addresses) {}

  /// Nothing where the arrival has not got as far as having the values that are asked with.
  std::optional<Counted> ask(const Count& count, const Ended& ended) {
    const Values values(ended);
    try {
      return std::visit([&](const auto& question) { return ask(question, ended, values); }, count.question);
    } catch (const pqxx::failure& failure) {
      postgres_.reset();
      return Counted{std::nullopt, failure.what()};
    }
  }

 private:
  std::optional<Counted> ask(const scenario::SqlQuestion& question, const Ended& /*ended*/,
                             const Values& values) {
    std::string statement;
    std::vector<std::string> parameters;
    for (const load::Template::Piece& piece : question.statement.pieces) {
      if (!piece.placeholder) {
        statement += piece.text;
        continue;
      }
      const std::string* value = values(piece.text);
      if (!value) {
        return std::nullopt;
      }
      parameters.push_back(*value);
      statement += fmt::format("${}", parameters.size());
    }
    if (!postgres_) {
      postgres_ = std::make_unique<pqxx::connection>(postgres_target(addresses_, kLimit));
    }
    pqxx::nontransaction session(*postgres_);
    const pqxx::result result =
        session.exec_params(statement, pqxx::prepare::make_dynamic_params(parameters));
    if (result.empty() || result[0][0].is_null()) {
      return Counted{0, {}};
    }
    return number(result[0][0].c_str());
  }

  std::optional<Counted> ask(const scenario::RedisQuestion& question, const Ended& /*ended*/,
                             const Values& values) {
    std::vector<std::string> words;
    for (const load::Template& text : question.command) {
      auto word = load::expand(text, load::Encoding::plain, values);
      if (!word) {
        return std::nullopt;
      }
      words.push_back(std::move(*word));
    }
    if (!redis_) {
      redis_ = connect_redis(addresses_, kLimit);
    }
    if (!redis_ || redis_->err != 0) {
      Counted none{std::nullopt, redis_ ? redis_->errstr : "out of memory"};
      redis_.reset();
      return none;
    }
    const RedisReply reply = ask_redis(*redis_, words);
    if (!reply) {
      Counted none{std::nullopt, redis_->errstr};
      redis_.reset();
      return none;
    }
    switch (reply->type) {
      case REDIS_REPLY_INTEGER:
        return Counted{reply->integer, {}};
      case REDIS_REPLY_NIL:
        return Counted{0, {}};
      case REDIS_REPLY_ARRAY:
        return Counted{static_cast<std::int64_t>(reply->elements), {}};
      case REDIS_REPLY_ERROR:
        return Counted{std::nullopt, std::string(reply->str, reply->len)};
      default:
        return number({reply->str, reply->len});
    }
  }

  std::optional<Counted> ask(const scenario::HttpQuestion& question, const Ended& ended,
                             const Values& values) {
    http::Url url = *http::parse_url(addresses_.service);
    auto target = load::expand(question.target, load::Encoding::target, values);
    if (!target) {
      return std::nullopt;
    }
    http::Request request{question.method, std::move(*target), {}, {}};
    for (const auto& [name, text] : question.headers) {
      auto value = load::expand(text, load::Encoding::header, values);
      if (!value) {
        return std::nullopt;
      }
      request.headers.add(name, std::move(*value));
    }
    if (!request.headers.find("X-API-Key")) {
      const std::string* tenant = ended.arrival.datum("tenant");
      request.headers.add("X-API-Key", scenario::key_of(tenant ? *tenant : ""));
    }
    const http::Exchange exchange = http::fetch(url, std::move(request), kLimit);
    if (!exchange.answered()) {
      return Counted{std::nullopt, std::string(to_text(exchange.failure))};
    }
    const int status = exchange.response.status;
    if (question.pointer.empty()) {
      return Counted{status, {}};
    }
    if (status == kNotFound) {
      return Counted{0, {}};
    }
    const json body = json::parse(exchange.response.body, nullptr, false);
    const json::json_pointer pointer(question.pointer);
    if (status / 100 != 2 || !body.contains(pointer)) {
      return Counted{std::nullopt, fmt::format("status {}, without {}", status, question.pointer)};
    }
    const json& value = body.at(pointer);
    if (value.is_array()) {
      return Counted{static_cast<std::int64_t>(value.size()), {}};
    }
    return value.is_number_integer() ? Counted{value.get<std::int64_t>(), {}} : number(value.dump());
  }

  const Addresses& addresses_;
  std::unique_ptr<pqxx::connection> postgres_;
  RedisConnection redis_;
};

// What is known of the work; nothing where this arrival is not asked about.
std::optional<load::Outcome> outcome_for(const Count& count, const Ended& ended) {
  const std::vector<std::string>& of = count.journeys;
  if (!of.empty() && std::find(of.begin(), of.end(), ended.arrival.journey) == of.end()) {
    return std::nullopt;
  }
  if (count.of.empty()) {
    return ended.outcome;
  }
  const auto request = ended.of_request.find(count.of);
  return request == ended.of_request.end() ? std::nullopt : std::optional(request->second);
}

struct Open {
  const Ended* ended = nullptr;
  load::Outcome outcome{};
  Counted counted;
};

}  // namespace

void collect_counts(const scenario::Scenario& scenario, const Addresses& addresses,
                    const std::vector<Ended>& ended, Journal::Producer& journal, const Stop& stop) {
  Asker asker(addresses);
  for (std::size_t index = 0; index < scenario.counts.size(); ++index) {
    const Count& count = scenario.counts[index];
    const auto write = [&](const Open& open) {
      nlohmann::ordered_json fields = {{"of", "count"},
                                       {"count", index},
                                       {"k", open.ended->arrival.number},
                                       {"outcome", to_text(open.outcome)}};
      if (open.counted.value) {
        fields["value"] = *open.counted.value;
      } else {
        fields["problem"] = open.counted.problem;
      }
      journal.write("observation", monotonic_now(), fields);
    };
    const auto right = [&](const Open& open) {
      return open.counted.value && count.right(open.outcome)->holds(*open.counted.value);
    };
    std::vector<Open> wrong;
    for (const Ended& each : ended) {
      const auto outcome = outcome_for(count, each);
      if (stop.requested() || !outcome || !count.right(*outcome)) {
        continue;
      }
      if (auto counted = asker.ask(count, each)) {
        Open open{&each, *outcome, std::move(*counted)};
        right(open) ? write(open) : wrong.push_back(std::move(open));
      }
    }
    const Instant deadline = monotonic_now() + count.within;
    Duration pause = kFirstPause;
    while (!wrong.empty() && monotonic_now() + pause <= deadline &&
           stop.wait_until(monotonic_now() + pause)) {
      pause *= 2;
      std::erase_if(wrong, [&](Open& open) {
        open.counted = asker.ask(count, *open.ended).value_or(open.counted);
        if (right(open)) {
          write(open);
        }
        return right(open);
      });
    }
    for (const Open& open : wrong) {
      write(open);
    }
  }
}

}  // namespace faultline::run
