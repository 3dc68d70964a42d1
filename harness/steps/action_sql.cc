#include "steps/action_kinds.h"
#include "steps/condition.h"

namespace faultline::steps {
namespace {

class SqlAction final : public Action {
 public:
  explicit SqlAction(std::string statement) : statement_(std::move(statement)) {}

  Answer act(World& world) const override {
    Answer answer = world.sql(statement_, kActionLimit);
    if (answer.ok) {
      answer.text = excerpt(answer.text);
    }
    return answer;
  }
  std::string describe() const override { return "sql " + excerpt(statement_); }

 private:
  const std::string statement_;
};

}  // namespace

std::unique_ptr<Action> read_sql_action(Table& table) {
  auto statement = table.text("sql");
  return statement ? std::make_unique<SqlAction>(std::move(*statement)) : nullptr;
}

}  // namespace faultline::steps
