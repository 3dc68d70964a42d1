#include "core/table.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>

#include "core/assert.h"
#include "core/file.h"

namespace faultline {
namespace {

// What one parsed file shares: the tree, its name, and the list that mistakes go to.
struct Document {
  std::string name;
  toml::table root;
  Diagnostics* problems;
};

Place place_in(const Document& document, const toml::source_region& source) {
  // What was set from the command line carries a name of its own.
  return {source.path ? *source.path : document.name, static_cast<int>(source.begin.line),
          static_cast<int>(source.begin.column)};
}

std::string_view name_of(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::text:
      return "a string";
    case Value::Kind::integer:
      return "an integer";
    case Value::Kind::real:
      return "a number";
    case Value::Kind::boolean:
      return "true or false";
    case Value::Kind::array:
      return "an array";
    case Value::Kind::table:
      return "a table";
  }
  return "";
}

}  // namespace

struct Value::Node {
  std::shared_ptr<const Document> document;
  const toml::node* node;
};

struct Table::State {
  std::shared_ptr<const Document> document;
  const toml::table* table;
  std::vector<std::string> asked;
};

Value::Kind Value::kind() const {
  switch (node_->node->type()) {
    case toml::node_type::string:
      return Kind::text;
    case toml::node_type::integer:
      return Kind::integer;
    case toml::node_type::floating_point:
      return Kind::real;
    case toml::node_type::boolean:
      return Kind::boolean;
    case toml::node_type::array:
      return Kind::array;
    case toml::node_type::table:
      return Kind::table;
    default:
      return Kind::text;  // dates and times: read() refused them
  }
}

Place Value::place() const {
  return place_in(*node_->document, node_->node->source());
}

Place Value::place_in_text(std::size_t n) const {
  Place place = this->place();
  place.column += 1 + static_cast<int>(n);  // past the opening quote
  return place;
}

std::string Value::text() const {
  FAULTLINE_ASSERT(kind() == Kind::text, "not a string");
  return node_->node->value<std::string>().value_or("");
}

std::int64_t Value::integer() const {
  FAULTLINE_ASSERT(kind() == Kind::integer, "not an integer");
  return *node_->node->value<std::int64_t>();
}

double Value::real() const {
  FAULTLINE_ASSERT(kind() == Kind::real || kind() == Kind::integer, "not a number");
  return *node_->node->value<double>();
}

bool Value::boolean() const {
  FAULTLINE_ASSERT(kind() == Kind::boolean, "not a boolean");
  return *node_->node->value<bool>();
}

std::vector<Value> Value::array() const {
  FAULTLINE_ASSERT(kind() == Kind::array, "not an array");
  std::vector<Value> values;
  for (const toml::node& element : *node_->node->as_array()) {
    values.push_back(Value(std::make_shared<Node>(Node{node_->document, &element})));
  }
  return values;
}

Table Value::table() const {
  FAULTLINE_ASSERT(kind() == Kind::table, "not a table");
  return Table(std::make_shared<Table::State>(Table::State{node_->document, node_->node->as_table(), {}}));
}

void Value::problem(std::string message, std::string suggestion) const {
  node_->document->problems->push_back({place(), std::move(message), std::move(suggestion)});
}

void Value::problem_in_text(std::size_t n, std::string message, std::string suggestion) const {
  node_->document->problems->push_back({place_in_text(n), std::move(message), std::move(suggestion)});
}

Table Table::parse(std::string_view text, const std::string& name, Diagnostics& problems) {
  auto document = std::make_shared<Document>(Document{name, {}, &problems});
  try {
    document->root = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    problems.push_back({place_in(*document, error.source()), std::string(error.description()), {}});
  }
  return Table(std::make_shared<State>(State{document, &document->root, {}}));
}

Table Table::parse_file(const std::filesystem::path& path, Diagnostics& problems) {
  const auto text = read_file(path);
  if (!text) {
    problems.push_back({{path.string(), 0, 0}, "cannot be read", {}});
  }
  return parse(text.value_or(""), path.string(), problems);
}

namespace {

// The value that `text` is in TOML, as a table with the one key `v`.
toml::table parse_value(const std::string& text, const std::string& name) {
  try {
    return toml::parse("v = " + text, name);
  } catch (const toml::parse_error&) {
    toml::table table = toml::parse("v = ''", name);
    *table["v"].as_string() = text;
    return table;
  }
}

// The element of an array of tables with that name, or at that index.
toml::node* element(toml::array& array, const std::string& name) {
  for (toml::node& node : array) {
    if (toml::table* table = node.as_table(); table && (*table)["name"].value<std::string>() == name) {
      return &node;
    }
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  const bool is_index = error == std::errc{} && end == name.data() + name.size() && index < array.size();
  return is_index ? array.get(index) : nullptr;
}

}  // namespace

void Table::set(const Override& change) {
  const std::string source = fmt::format("--set {}={}", change.key, change.value);
  // The document belongs to this table and what is taken from it, and nothing has been taken yet.
  auto* table = const_cast<toml::table*>(state_->table);
  std::istringstream path(change.key);
  std::vector<std::string> steps;
  for (std::string step; std::getline(path, step, '.');) {
    steps.push_back(step);
  }
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    toml::node* next = table->get(steps[i]);
    if (!next) {
      next = &table->insert(steps[i], toml::table{}).first->second;
    }
    if (toml::array* array = next->as_array(); array && i + 2 < steps.size()) {
      next = element(*array, steps[++i]);
    }
    table = next ? next->as_table() : nullptr;
    if (!table) {
      state_->document->problems->push_back({{source, 0, 0}, fmt::format("there is no '{}'", steps[i]), {}});
      return;
    }
  }
  toml::table value = parse_value(change.value, source);
  if (steps.empty()) {
    state_->document->problems->push_back({{source, 0, 0}, "the key is empty", {}});
    return;
  }
  table->insert_or_assign(steps.back(), std::move(*value.get("v")));
}

std::string Table::to_toml() const {
  std::ostringstream text;
  text << toml::toml_formatter(*state_->table) << '\n';
  return text.str();
}

Place Table::place() const {
  return place_in(*state_->document, state_->table->source());
}

bool Table::has(std::string_view key) const {
  return state_->table->contains(key);
}

std::vector<std::string> Table::keys() const {
  std::vector<std::pair<toml::source_position, std::string>> found;
  for (const auto& [key, value] : *state_->table) {
    found.emplace_back(key.source().begin, std::string(key.str()));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  names.reserve(found.size());
  for (auto& [position, name] : found) {
    names.push_back(std::move(name));
  }
  return names;
}

std::optional<Value> Table::get(std::string_view key) {
  state_->asked.emplace_back(key);
  const toml::node* node = state_->table->get(key);
  if (!node) {
    return std::nullopt;
  }
  Value value(std::make_shared<Value::Node>(Value::Node{state_->document, node}));
  if (node->is_date() || node->is_time() || node->is_date_time()) {
    value.problem(fmt::format("'{}' cannot be a date or a time", key));
    return std::nullopt;
  }
  return value;
}

namespace {

// The value when it has the wanted kind; otherwise the mistake is reported.
std::optional<Value> of_kind(std::optional<Value> value, std::string_view key, Value::Kind wanted) {
  if (value && value->kind() != wanted &&
      !(wanted == Value::Kind::real && value->kind() == Value::Kind::integer)) {
    value->problem(fmt::format("'{}' must be {}, not {}", key, name_of(wanted), name_of(value->kind())));
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<std::string> Table::text(std::string_view key) {
  const auto value = of_kind(get(key), key, Value::Kind::text);
  return value ? std::optional(value->text()) : std::nullopt;
}

std::optional<std::int64_t> Table::integer(std::string_view key) {
  const auto value = of_kind(get(key), key, Value::Kind::integer);
  return value ? std::optional(value->integer()) : std::nullopt;
}

std::optional<double> Table::number(std::string_view key) {
  const auto value = of_kind(get(key), key, Value::Kind::real);
  return value ? std::optional(value->real()) : std::nullopt;
}

std::optional<bool> Table::boolean(std::string_view key) {
  const auto value = of_kind(get(key), key, Value::Kind::boolean);
  return value ? std::optional(value->boolean()) : std::nullopt;
}

template <typename T>
std::optional<T> Table::quantity(std::string_view key, std::optional<T> (*read)(std::string_view),
                                 std::string_view example) {
  const auto value = get(key);
  if (!value) {
    return std::nullopt;
  }
  if (value->kind() == Value::Kind::text) {
    if (const auto quantity = read(value->text())) {
      return quantity;
    }
    value->problem(fmt::format("'{}' is not {}", value->text(), example));
  } else {
    value->problem(fmt::format("'{}' must be a string with a unit: {}", key, example));
  }
  return std::nullopt;
}

std::optional<Duration> Table::duration(std::string_view key) {
  return quantity(key, &parse_duration, "a duration such as \"200ms\", \"1.5s\" or \"2m\"");
}

std::optional<Rate> Table::rate(std::string_view key) {
  return quantity(key, &parse_rate, "a rate such as \"20/s\" or \"5/m\"");
}

std::optional<Size> Table::size(std::string_view key) {
  return quantity(key, &parse_size, "a size such as \"64KiB\" or \"1MB\"");
}

std::optional<Ratio> Table::ratio(std::string_view key) {
  return quantity(key, &parse_ratio, "a share such as \"1%\"");
}

std::optional<Table> Table::table(std::string_view key) {
  const auto value = of_kind(get(key), key, Value::Kind::table);
  return value ? std::optional(value->table()) : std::nullopt;
}

std::vector<Table> Table::tables(std::string_view key) {
  const auto value = get(key);
  std::vector<Table> tables;
  if (!value) {
    return tables;
  }
  if (value->kind() == Value::Kind::table) {
    tables.push_back(value->table());
    return tables;
  }
  if (value->kind() != Value::Kind::array) {
    value->problem(fmt::format("'{}' must be tables: [[{}]]", key, key));
    return tables;
  }
  for (const Value& element : value->array()) {
    if (element.kind() == Value::Kind::table) {
      tables.push_back(element.table());
    } else {
      element.problem(fmt::format("'{}' must hold tables, not {}", key, name_of(element.kind())));
    }
  }
  return tables;
}

std::vector<std::string> Table::texts(std::string_view key) {
  const auto value = get(key);
  std::vector<std::string> texts;
  if (!value) {
    return texts;
  }
  if (value->kind() == Value::Kind::text) {
    texts.push_back(value->text());
    return texts;
  }
  if (value->kind() != Value::Kind::array) {
    value->problem(fmt::format("'{}' must be an array of strings", key));
    return texts;
  }
  for (const Value& element : value->array()) {
    if (element.kind() == Value::Kind::text) {
      texts.push_back(element.text());
    } else {
      element.problem(fmt::format("'{}' must hold strings, not {}", key, name_of(element.kind())));
    }
  }
  return texts;
}

std::optional<std::string> Table::one_of(std::string_view key, const std::vector<std::string>& words) {
  const auto value = of_kind(get(key), key, Value::Kind::text);
  if (!value) {
    return std::nullopt;
  }
  if (std::find(words.begin(), words.end(), value->text()) == words.end()) {
    const std::string near = did_you_mean(value->text(), words);
    value->problem(
        fmt::format("'{}' must be one of {}, not '{}'", key, fmt::join(words, ", "), value->text()), near);
    return std::nullopt;
  }
  return value->text();
}

std::string Table::required_text(std::string_view key) {
  if (!has(key)) {
    missing(key);
  }
  return text(key).value_or("");
}

Duration Table::required_duration(std::string_view key) {
  if (!has(key)) {
    missing(key);
  }
  return duration(key).value_or(Duration::zero());
}

Rate Table::required_rate(std::string_view key) {
  if (!has(key)) {
    missing(key);
  }
  return rate(key).value_or(Rate{});
}

Size Table::required_size(std::string_view key) {
  if (!has(key)) {
    missing(key);
  }
  return size(key).value_or(Size{});
}

Place Table::place_of(std::string_view key) const {
  const toml::node* node = state_->table->get(key);
  return node ? place_in(*state_->document, node->source()) : place();
}

void Table::problem(std::string_view key, std::string message, std::string suggestion) {
  state_->document->problems->push_back({place_of(key), std::move(message), std::move(suggestion)});
}

void Table::missing(std::string_view key) {
  std::string near;
  // A misspelt key explains the missing one better than finish() would: say so once, here.
  for (const std::string& present : keys()) {
    const bool asked = std::find(state_->asked.begin(), state_->asked.end(), present) != state_->asked.end();
    if (!asked && !did_you_mean(present, {std::string(key)}).empty()) {
      near = fmt::format("is '{}' a misspelling of it?", present);
    }
  }
  problem(key, fmt::format("'{}' is missing", key), near);
}

void Table::finish() {
  const std::set<std::string> known(state_->asked.begin(), state_->asked.end());
  for (const auto& [key, value] : *state_->table) {
    const std::string name(key.str());
    if (!known.contains(name)) {
      state_->document->problems->push_back(
          {place_in(*state_->document, key.source().begin ? key.source() : value.source()),
           fmt::format("unknown key '{}'", name),
           did_you_mean(name, std::vector<std::string>(known.begin(), known.end()))});
    }
  }
}

}  // namespace faultline
