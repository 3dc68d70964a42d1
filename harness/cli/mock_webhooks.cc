#include "cli/mock_webhooks.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/command.h"
#include "cli/signals.h"
#include "core/units.h"
#include "loop/loop.h"
#include "result/result.h"
#include "transport/address.h"
#include "webhook_receiver/findings.h"
#include "webhook_receiver/receiver.h"

namespace faultline::cli {
namespace {

using webhook_receiver::Attempt;
using webhook_receiver::Treatment;

constexpr Duration kLook = std::chrono::milliseconds(100);

struct WebhooksOptions {
  std::string listen = "127.0.0.1:12113";
  std::string script, scheme, json;
  std::vector<std::string> secrets;
  // What the sender promises.
  std::vector<std::string> pauses, expected;
  std::string jitter, timeout;
  Seed seed = 1;
};

std::nullopt_t wrong(const std::string& text) {
  fmt::print(stderr, "faultline: {}\n", text);
  return std::nullopt;
}

// Nothing when something is wrong with it, which was said.
std::optional<webhook_receiver::Contract> contract_of(const WebhooksOptions& options) {
  webhook_receiver::Contract contract;
  for (const std::string& text : options.pauses) {
    const auto pause = parse_duration(text);
    if (!pause) {
      return wrong(fmt::format("--pauses '{}' is no duration such as 10s", text));
    }
    contract.pauses.push_back(*pause);
  }
  if (!options.jitter.empty()) {
    const auto jitter = parse_ratio(options.jitter);
    if (!jitter || jitter->value > 1) {
      return wrong(fmt::format("--jitter '{}' is no share such as 10%", options.jitter));
    }
    contract.jitter = *jitter;
  }
  if (!options.timeout.empty()) {
    contract.timeout = parse_duration(options.timeout);
    if (!contract.timeout) {
      return wrong(fmt::format("--timeout '{}' is no duration such as 10s", options.timeout));
    }
  }
  for (const std::string& text : options.expected) {
    const auto at = text.find('@');
    if (at == 0 || at + 1 == text.size()) {
      return wrong(fmt::format("--expect '{}' is no ID or ID@PATH", text));
    }
    contract.expected.insert({text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)});
  }
  return contract;
}

std::map<std::string, webhooks::Scheme> schemes() {
  std::map<std::string, webhooks::Scheme> by_name;
  for (const webhooks::Scheme scheme : webhooks::kSchemes) {
    by_name.emplace(to_text(scheme), scheme);
  }
  return by_name;
}

// Nothing when something is wrong with the file, which was said.
std::optional<webhook_receiver::Script> script_of(const std::string& path) {
  if (path.empty()) {
    return webhook_receiver::Script{};
  }
  Diagnostics problems;
  Table table = Table::parse_file(path, problems);
  webhook_receiver::Script script;
  if (problems.empty()) {
    script = webhook_receiver::read_script(table);
    table.finish();
  }
  for (const Diagnostic& problem : problems) {
    fmt::print(stderr, "{}\n", to_text(problem));
  }
  return problems.empty() ? std::optional(std::move(script)) : std::nullopt;
}

std::string line_of(const Attempt& attempt, Instant began) {
  std::string treated;
  switch (attempt.treatment) {
    case Treatment::waiting:
      treated = "not answered yet";
      break;
    case Treatment::answered:
      treated = std::to_string(attempt.status);
      break;
    case Treatment::reset:
      treated = "reset";
      break;
    case Treatment::hung:
      treated = "left hanging";
      break;
  }
  return fmt::format("{}  {}  attempt {}: {}{}, at {}", attempt.path,
                     attempt.delivery_id.empty() ? "(without an id)" : attempt.delivery_id, attempt.number,
                     treated,
                     attempt.signature ? fmt::format(", signature {}", to_text(*attempt.signature)) : "",
                     to_display(attempt.received - began));
}

using Json = nlohmann::ordered_json;

// Times in nanoseconds after `began`.
Json to_json(const std::vector<Attempt>& log, const webhook_receiver::Judgement& judgement, Instant began) {
  const auto since = [&](Instant at) { return (at - began).count(); };
  Json attempts = Json::array();
  for (const Attempt& attempt : log) {
    attempts.push_back({{"path", attempt.path},
                        {"delivery", attempt.delivery_id},
                        {"event", attempt.event_id},
                        {"attempt", attempt.number},
                        {"received_ns", since(attempt.received)},
                        {"answered_ns", attempt.answered ? Json(since(*attempt.answered)) : Json()},
                        {"treatment", to_text(attempt.treatment)},
                        {"status", attempt.treatment == Treatment::answered ? Json(attempt.status) : Json()},
                        {"signature", attempt.signature ? Json(to_text(*attempt.signature)) : Json()}});
  }
  Json findings = Json::array();
  for (const auto& finding : judgement.findings) {
    findings.push_back({{"kind", to_text(finding.kind)},
                        {"path", finding.path},
                        {"delivery", finding.delivery_id},
                        {"text", finding.text}});
  }
  const auto& totals = judgement.totals;
  return {{"attempts", std::move(attempts)},
          {"findings", std::move(findings)},
          {"totals",
           {{"attempts", totals.attempts},
            {"deliveries", totals.deliveries},
            {"delivered", totals.delivered},
            {"delivered_within_5s", totals.delivered_within},
            {"gone", totals.gone},
            {"repeated", totals.repeated},
            {"unverified", totals.unverified}}}};
}

void print_judgement(const webhook_receiver::Judgement& judgement) {
  const auto& [findings, totals] = judgement;
  fmt::print(
      "\n{} attempts of {} deliveries: {} delivered, {} within 5 s, {} came again after they had been\n",
      totals.attempts, totals.deliveries, totals.delivered, totals.delivered_within, totals.repeated);
  for (const auto& finding : findings) {
    fmt::print("  {:<13}  {}  {}: {}\n", to_text(finding.kind), finding.path,
               finding.delivery_id.empty() ? "-" : finding.delivery_id, finding.text);
  }
}

int receive(const WebhooksOptions& options) {
  Stop stop;
  const Signals signals(stop);
  const auto address = transport::parse_address(options.listen);
  if (!address) {
    fmt::print(stderr, "faultline: '{}' is no address such as 127.0.0.1:12113\n", options.listen);
    return kUsage;
  }
  auto script = script_of(options.script);
  if (!script) {
    return kUsage;
  }
  webhook_receiver::Options given{
      .secrets = options.secrets, .script = std::move(*script), .seed = options.seed};
  if (!options.scheme.empty()) {
    given.scheme = schemes().at(options.scheme);
  }
  const auto contract = contract_of(options);
  if (!contract) {
    return kUsage;
  }
  const Instant began = monotonic_now();
  Loop loop{"receiver"};
  const webhook_receiver::Receiver receiver(loop, address->host, address->port, given);
  fmt::print("http://{}:{}  webhooks, on any path; Ctrl-C ends it\n", address->host, receiver.port());
  std::fflush(stdout);
  // An attempt is said once it has been treated, and in the order in which they came.
  std::size_t said = 0;
  const auto say = [&](bool all) {
    const std::vector<Attempt> log = receiver.attempts();
    for (; said < log.size() && (all || log[said].treatment != Treatment::waiting); ++said) {
      fmt::print("{}\n", line_of(log[said], began));
    }
    std::fflush(stdout);
  };
  while (stop.wait_until(monotonic_now() + kLook)) {
    say(false);
  }
  say(true);
  const std::vector<Attempt> log = receiver.attempts();
  const webhook_receiver::Judgement judgement = webhook_receiver::judge(log, *contract);
  print_judgement(judgement);
  if (!options.json.empty()) {
    write_json(options.json, to_json(log, judgement, began));
  }
  return judgement.findings.empty() ? 0 : result::exit_status(result::Verdict::failed);
}

}  // namespace

void add_mock_webhooks(CLI::App& mock, int& status) {
  auto options = std::make_shared<WebhooksOptions>();
  CLI::App* command =
      mock.add_subcommand("webhooks", "A customer who receives webhooks, fails by script, and judges");
  command->footer(
      "Exit status 0: nothing was wrong with what was delivered; 1: something was.\n"
      "Example:\n"
      "  faultline mock webhooks --script answers.toml --scheme stripe --secret whsec_test\n"
      "with answers.toml:\n"
      "  answers = [{ status = 500, times = 2 }, { reset = true, times = 1 }, { status = 200 }]");
  command->add_option("--listen", options->listen, "Where (127.0.0.1:12113); port 0: any free one")
      ->type_name("ADDRESS");
  command->add_option("--script", options->script, "What is answered, attempt by attempt (200)")
      ->type_name("FILE")
      ->check(CLI::ExistingFile.description(""));
  CLI::Option* const scheme = command
                                  ->add_option("--scheme", options->scheme,
                                               "Whose signatures are verified: stripe, shopify or settler")
                                  ->type_name("NAME")
                                  ->check(CLI::IsMember(schemes()).description(""));
  CLI::Option* const secret =
      command
          ->add_option("--secret", options->secrets, "What they are made with; may be given more than once")
          ->type_name("SECRET");
  scheme->needs(secret);
  secret->needs(scheme);
  command
      ->add_option("--pauses", options->pauses,
                   "What the sender promises before the 2nd, 3rd, … attempt; what comes sooner is too early")
      ->type_name("DURATION,…")
      ->delimiter(',');
  command->add_option("--jitter", options->jitter, "How far below a pause it may go (0%)")
      ->type_name("SHARE");
  command->add_option("--timeout", options->timeout, "How long it waits: a 2xx after that is none (for ever)")
      ->type_name("DURATION");
  command
      ->add_option("--expect", options->expected,
                   "A delivery that has to come, on this path or any: otherwise it is lost")
      ->type_name("ID[@PATH]");
  command->add_option("--json", options->json, "Where every attempt and finding goes in the end")
      ->type_name("FILE");
  command->add_option("--seed", options->seed, "What the script leaves to chance is drawn from (1)")
      ->check(is_seed())
      ->type_name("N");
  command->callback([options, &status] { status = receive(*options); });
}

}  // namespace faultline::cli
