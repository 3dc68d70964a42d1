#include <fmt/format.h>

#include "steps/condition.h"
#include "steps/probe_kinds.h"

namespace faultline::steps {
namespace {

class LogProbe final : public Probe {
 public:
  LogProbe(std::string process, std::string wanted)
      : process_(std::move(process)), wanted_(std::move(wanted)) {}

  Sighting look(World& world, Watch&) const override {
    const std::string log = world.log(process_);
    const auto at = log.find(wanted_);
    if (at == std::string::npos) {
      return {false, fmt::format("the log of {} does not say so", process_)};
    }
    const auto before = at == 0 ? std::string::npos : log.rfind('\n', at - 1);
    return {true, excerpt(std::string_view(log).substr(before == std::string::npos ? 0 : before + 1))};
  }
  std::string describe() const override { return fmt::format("log of {} contains '{}'", process_, wanted_); }

 private:
  const std::string process_;
  const std::string wanted_;
};

}  // namespace

std::unique_ptr<Probe> read_log_probe(Table& table) {
  auto process = table.one_of("log", {"service", "postgres", "redis"});
  auto condition = read_condition(table, {"contains"});
  if (condition && condition->contains && condition->contains->empty()) {
    table.problem("contains", "every log contains nothing");
    return nullptr;
  }
  return process && condition && condition->contains
             ? std::make_unique<LogProbe>(std::move(*process), std::move(*condition->contains))
             : nullptr;
}

}  // namespace faultline::steps
