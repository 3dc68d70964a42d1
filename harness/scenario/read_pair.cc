#include <fmt/format.h>

#include "scenario/pair.h"

namespace faultline::scenario {
namespace {

Side read_side(Table& pair, const std::string& key) {
  Side side{.name = key};
  auto table = pair.table(key);
  if (!table) {
    return side;
  }
  side.name = table->text("name").value_or(key);
  if (auto changes = table->table("set")) {
    for (const std::string& changed : changes->keys()) {
      side.changes.push_back({changed, changes->required_text(changed)});
    }
    changes->finish();
  }
  const auto must = table->one_of("must", {"hold", "fail"});
  side.must = must == "hold" ? Side::Must::hold : must == "fail" ? Side::Must::fail : Side::Must::anything;
  side.fails = table->texts("fails");
  if (!side.fails.empty() && side.must != Side::Must::fail) {
    table->problem("fails", "names what fails in a side that must", "write must = \"fail\"");
  }
  if (key == "b") {
    side.may_be_worse = table->texts("may_be_worse");
  }
  table->finish();
  return side;
}

}  // namespace

std::optional<Pair> read_pair(Table& file) {
  auto table = file.table("compare");
  if (!table) {
    return std::nullopt;
  }
  Pair pair{read_side(*table, "a"), read_side(*table, "b")};
  if (pair.a.name == pair.b.name) {
    table->problem("b", fmt::format("both sides are called '{}'", pair.a.name));
  }
  table->finish();
  return pair;
}

}  // namespace faultline::scenario
