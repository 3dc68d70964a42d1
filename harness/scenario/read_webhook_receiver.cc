#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "load/source.h"
#include "scenario/parts.h"

namespace faultline::scenario {
namespace {

std::optional<webhooks::Scheme> read_scheme(Table& table, std::string_view key) {
  std::vector<std::string> names;
  for (const webhooks::Scheme scheme : webhooks::kSchemes) {
    names.emplace_back(to_text(scheme));
  }
  const auto name = table.one_of(key, names);
  if (!name) {
    return std::nullopt;
  }
  return webhooks::kSchemes[std::find(names.begin(), names.end(), *name) - names.begin()];
}

// The findings count an attempt that never reached the receiver for none, and take the pause of one before it: that
// blames nobody wrongly as long as pauses do not shrink.
std::vector<Duration> read_pauses(Table& table, std::string_view key) {
  std::vector<Duration> pauses;
  const auto value = table.get(key);
  if (!value) {
    return pauses;
  }
  if (value->kind() != Value::Kind::array || value->array().empty()) {
    value->problem(fmt::format("'{}' is the pauses before the 2nd, 3rd, … attempt", key),
                   "write it like [\"1s\", \"2s\", \"4s\"]");
    return pauses;
  }
  for (const Value& each : value->array()) {
    const auto pause = each.kind() == Value::Kind::text ? parse_duration(each.text()) : std::nullopt;
    if (!pause) {
      each.problem("a pause is a duration such as \"1s\"");
    } else if (!pauses.empty() && *pause < pauses.back()) {
      each.problem(fmt::format("the pause of {} is shorter than the one before it, {}", to_text(*pause),
                               to_text(pauses.back())),
                   "a backoff grows, or stays as it is");
    } else {
      pauses.push_back(*pause);
    }
  }
  return pauses;
}

webhook_receiver::Contract read_contract(Table& table) {
  webhook_receiver::Contract contract;
  contract.timeout = table.duration("timeout");
  contract.pauses = read_pauses(table, "backoff");
  const auto jitter = table.ratio("jitter");
  if (jitter && jitter->value > 1) {
    table.problem("jitter", fmt::format("{} is more than the whole pause", to_text(*jitter)));
  }
  contract.jitter = jitter.value_or(contract.jitter);
  if (const auto attempts = table.integer("attempts")) {
    if (*attempts < 1 || *attempts > std::numeric_limits<int>::max()) {
      table.problem("attempts", fmt::format("{} is no number of attempts", *attempts), "at least 1");
    } else {
      contract.attempts = static_cast<int>(*attempts);
    }
  }
  contract.retry_after = table.duration("retry_after");
  for (const std::string_view key : {"jitter", "attempts"}) {
    if (table.has(key) && !table.has("backoff")) {
      table.problem(key, fmt::format("'{}' is of a backoff, and there is none", key),
                    "add backoff = [\"1s\", \"2s\", \"4s\"]");
    }
  }
  return contract;
}

}  // namespace

WebhookReceiver read_webhook_receiver(Table& dependency) {
  WebhookReceiver receiver;
  receiver.signature = read_scheme(dependency, "signature");
  if (dependency.has("about")) {
    receiver.about = load::read_pointer(dependency, "about");
  } else {
    dependency.get("about");
  }
  receiver.answers = webhook_receiver::read_script(dependency);
  if (auto contract = dependency.table("contract")) {
    receiver.contract = read_contract(*contract);
    receiver.settle = contract->duration("settle").value_or(receiver.settle);
    contract->finish();
  }
  return receiver;
}

void check_webhook_invariant(Invariant invariant, const Value& name, const Scenario& scenario) {
  const WebhookReceiver given = scenario.webhooks.value_or(WebhookReceiver{});
  const auto need = [&](bool there, std::string_view what, std::string how) {
    if (!scenario.webhooks) {
      name.problem(fmt::format("'{}' needs [dependency.webhook_receiver]", to_text(invariant)));
    } else if (!there) {
      name.problem(fmt::format("'{}' needs {}", to_text(invariant), what), std::move(how));
    }
  };
  switch (invariant) {
    case Invariant::every_accepted_run_ends:
    case Invariant::accepted_runs_complete:
    case Invariant::reports_match_the_ledger:
    case Invariant::no_tenant_sees_another:
    case Invariant::repeats_answered_alike:
      return;
    case Invariant::no_webhook_lost:
      return need(!given.about.empty(), "'about' in [dependency.webhook_receiver]",
                  "say where a body names its run: about = \"/data/executionId\"");
    case Invariant::webhook_repeats_carry_the_same_id:
      return need(true, "", "");
    case Invariant::no_webhook_before_its_backoff:
      return need(!given.contract.pauses.empty(), "'backoff' in [dependency.webhook_receiver.contract]",
                  "say what is promised: backoff = [\"1s\", \"2s\", \"4s\"]");
    case Invariant::webhook_signatures_verify:
      return need(given.signature.has_value(), "'signature' in [dependency.webhook_receiver]",
                  "say how they are signed: signature = \"settler\"");
  }
}

}  // namespace faultline::scenario
