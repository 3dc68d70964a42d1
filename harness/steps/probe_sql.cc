#include <fmt/format.h>

#include "steps/condition.h"
#include "steps/probe_kinds.h"

namespace faultline::steps {
namespace {

class SqlProbe final : public Probe {
 public:
  SqlProbe(std::string statement, Condition condition)
      : statement_(std::move(statement)), condition_(std::move(condition)) {}

  Sighting look(World& world, Watch&) const override {
    return condition_.check(world.sql(statement_, kLookLimit));
  }
  std::string describe() const override {
    return fmt::format("sql {} {}", excerpt(statement_), condition_.describe());
  }

 private:
  const std::string statement_;
  const Condition condition_;
};

}  // namespace

std::unique_ptr<Probe> read_sql_probe(Table& table) {
  auto statement = table.text("sql");
  auto condition = read_condition(table, {"fails", "equals", "is", "contains"});
  return statement && condition ? std::make_unique<SqlProbe>(std::move(*statement), std::move(*condition))
                                : nullptr;
}

}  // namespace faultline::steps
