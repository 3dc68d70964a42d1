#include "run/webhook_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "loop/loop.h"
#include "webhook_receiver/findings.h"

namespace faultline::run {

using nlohmann::ordered_json;
using webhook_receiver::Attempt;

namespace {

constexpr Duration kBetweenLooks = std::chrono::milliseconds(100);

// Whether one of the attempts about each of these was answered as a sender wants it.
bool all_came(const std::set<std::string>& expected, const std::vector<Attempt>& log,
              const webhook_receiver::Contract& contract) {
  std::set<std::string> missing = expected;
  for (const Attempt& attempt : log) {
    if (succeeded(attempt, contract)) {
      missing.erase(attempt.subject);
    }
  }
  return missing.empty();
}

ordered_json to_json(const Attempt& attempt, Instant start) {
  ordered_json fields = {{"of", "webhook"},
                         {"path", attempt.path},
                         {"delivery", attempt.delivery_id},
                         {"event", attempt.event_id},
                         {"subject", attempt.subject},
                         {"number", attempt.number},
                         {"at", seconds(attempt.received - start)},
                         {"treatment", to_text(attempt.treatment)},
                         {"status", attempt.status}};
  if (attempt.answered) {
    fields["answered"] = seconds(*attempt.answered - start);
  }
  if (attempt.retry_after) {
    fields["retry_after"] = attempt.retry_after->count();
  }
  if (attempt.signature) {
    fields["signature"] = to_text(*attempt.signature);
  }
  fields["body"] = fmt::format("{:016x}", attempt.body_hash);
  return fields;
}

}  // namespace

void collect_webhooks(const scenario::WebhookReceiver& wanted, const webhook_receiver::Receiver& receiver,
                      const std::vector<AcceptedRun>& ended, Instant start, Journal::Producer& journal,
                      const Stop& stop) {
  std::set<std::string> expected;
  for (const AcceptedRun& run : ended) {
    if (run.announced) {
      expected.insert(run.execution);
    }
  }
  const Instant deadline = monotonic_now() + wanted.settle;
  std::vector<Attempt> log = receiver.attempts();
  while (!all_came(expected, log, wanted.contract) && monotonic_now() < deadline &&
         stop.wait_until(std::min(deadline, monotonic_now() + kBetweenLooks))) {
    log = receiver.attempts();
  }
  if (stop.requested()) {
    return;
  }
  for (const Attempt& attempt : log) {
    journal.write("observation", monotonic_now(), to_json(attempt, start));
  }
  journal.write("observation", monotonic_now(),
                {{"of", "webhook_receiver"}, {"not_noted", receiver.not_noted()}});
}

}  // namespace faultline::run
