#include "cli/mock_webhooks.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <optional>

#include "cli/command.h"
#include "cli/signals.h"
#include "core/units.h"
#include "loop/loop.h"
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
  std::string script, scheme;
  std::vector<std::string> secrets;
  Seed seed = 1;
};

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

std::string line_of(const Attempt& attempt) {
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
  return fmt::format("{}  {}  attempt {}: {}{}", attempt.path,
                     attempt.delivery_id.empty() ? "(without an id)" : attempt.delivery_id, attempt.number,
                     treated,
                     attempt.signature ? fmt::format(", signature {}", to_text(*attempt.signature)) : "");
}

void print_judgement(const std::vector<Attempt>& log) {
  const auto [findings, totals] = webhook_receiver::judge(log, {});
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
  Loop loop{"receiver"};
  const webhook_receiver::Receiver receiver(loop, address->host, address->port, given);
  fmt::print("http://{}:{}  webhooks, on any path; Ctrl-C ends it\n", address->host, receiver.port());
  std::fflush(stdout);
  // An attempt is said once it has been treated, and in the order in which they came.
  std::size_t said = 0;
  const auto say = [&](bool all) {
    const std::vector<Attempt> log = receiver.attempts();
    for (; said < log.size() && (all || log[said].treatment != Treatment::waiting); ++said) {
      fmt::print("{}\n", line_of(log[said]));
    }
    std::fflush(stdout);
  };
  while (stop.wait_until(monotonic_now() + kLook)) {
    say(false);
  }
  say(true);
  print_judgement(receiver.attempts());
  return 0;
}

}  // namespace

void add_mock_webhooks(CLI::App& mock, int& status) {
  auto options = std::make_shared<WebhooksOptions>();
  CLI::App* command =
      mock.add_subcommand("webhooks", "A customer who receives webhooks, fails by script, and judges");
  command->footer(
      "Example:\n"
      "  faultline mock webhooks --script answers.toml --scheme stripe --secret whsec_test\n"
      "with answers.toml:\n"
      "  answers = [{ status = 500, times = 2 }, { reset = true, times = 1 }, { status = 200 }]");
  command->add_option("--listen", options->listen, "Where (127.0.0.1:12113); port 0: any free one")
      ->type_name("ADDRESS");
  command->add_option("--script", options->script, "What is answered, attempt by attempt (200)")
      ->type_name("FILE")
      ->check(CLI::ExistingFile.description(""));
  command
      ->add_option("--scheme", options->scheme, "Whose signatures are verified: stripe, shopify or settler")
      ->type_name("NAME")
      ->check(CLI::IsMember(schemes()).description(""));
  command->add_option("--secret", options->secrets, "What they are made with; may be given more than once")
      ->type_name("SECRET");
  command->add_option("--seed", options->seed, "What the script leaves to chance is drawn from (1)")
      ->type_name("N");
  command->callback([options, &status] { status = receive(*options); });
}

}  // namespace faultline::cli
