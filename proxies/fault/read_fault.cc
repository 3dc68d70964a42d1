// How a fault of the catalogue is read from a table, and how the catalogue is shown.

#include <fmt/format.h>

#include <algorithm>

#include "fault/catalogue.h"
#include "fault/match.h"
#include "fault/sqlstates.h"
#include "fault/when.h"

namespace faultline::fault {
namespace {

using Type = Attribute::Type;

std::string_view example(Type type) {
  switch (type) {
    case Type::duration:
      return "a duration such as \"200ms\"";
    case Type::bytes_per_second:
      return "bytes a second such as \"64KiB/s\"";
    case Type::size:
      return "a size such as \"64KiB\"";
    default:
      return "";
  }
}

std::string_view unit(Type type) {
  switch (type) {
    case Type::duration:
      return "duration";
    case Type::bytes_per_second:
      return "bytes/s";
    case Type::size:
      return "size";
    case Type::count:
      return "number";
    case Type::probability:
      return "share";
    case Type::text:
      return "text";
    case Type::sqlstate:
      return "sqlstate";
    case Type::headers:
      return "table";
    case Type::word:
      return "";
  }
  return "";
}

std::optional<double> parse(Type type, std::string_view text) {
  if (type == Type::duration) {
    const auto duration = parse_duration(text);
    return duration ? std::optional(static_cast<double>(duration->count())) : std::nullopt;
  }
  if (type == Type::bytes_per_second) {
    if (!text.ends_with("/s")) {
      return std::nullopt;
    }
    text.remove_suffix(2);
  }
  const auto size = parse_size(text);
  return size ? std::optional(static_cast<double>(size->bytes)) : std::nullopt;
}

// A quantity that is written as text with a unit.
bool read_quantity(Table& table, const Attribute& attribute, Attributes& attributes) {
  const bool given = table.has(attribute.name);
  const auto text = table.text(attribute.name);
  if (given && !text) {
    return false;
  }
  const std::string value = text.value_or(attribute.fallback);
  if (value.empty() && !given) {
    return true;
  }
  const auto number = parse(attribute.type, value);
  if (!number) {
    table.problem(attribute.name, fmt::format("'{}' is not {}", value, example(attribute.type)));
    return false;
  }
  attributes.numbers[attribute.name] = *number;
  return true;
}

bool read_sqlstate(Table& table, const Attribute& attribute, Attributes& attributes) {
  const bool given = table.has(attribute.name);
  const auto text = table.text(attribute.name);
  if (given && !text) {
    return false;
  }
  const SqlState* state = find_sql_state(text.value_or(attribute.fallback));
  if (!state) {
    std::vector<std::string> known;
    for (const SqlState& each : sql_states()) {
      known.emplace_back(each.code);
      known.emplace_back(each.condition);
    }
    table.problem(attribute.name, fmt::format("PostgreSQL has no error '{}'", *text),
                  did_you_mean(*text, known));
    return false;
  }
  attributes.words[attribute.name] = state->code;
  return true;
}

// Reads one attribute; false when it is wrong, and then it was reported.
bool read_attribute(Table& table, const Attribute& attribute, Attributes& attributes) {
  const bool given = table.has(attribute.name);
  if (!given && attribute.required) {
    table.missing(attribute.name);
    return false;
  }
  switch (attribute.type) {
    case Type::word: {
      const auto word = table.one_of(attribute.name, attribute.words);
      if (word || !attribute.fallback.empty()) {
        attributes.words[attribute.name] = word.value_or(attribute.fallback);
      }
      return !given || word.has_value();
    }
    case Type::text: {
      const auto text = table.text(attribute.name);
      if (text) {
        attributes.words[attribute.name] = *text;
      }
      return !given || text.has_value();
    }
    case Type::count: {
      const auto number = table.integer(attribute.name);
      if (number && *number < 0) {
        table.problem(attribute.name, fmt::format("'{}' is not negative", attribute.name));
        return false;
      }
      if (number) {
        attributes.numbers[attribute.name] = static_cast<double>(*number);
      }
      return !given || number.has_value();
    }
    case Type::probability: {
      const auto ratio = table.ratio(attribute.name);
      if (ratio && (ratio->value <= 0 || ratio->value > 1)) {
        table.problem(attribute.name, "a probability is above 0% and at most 100%");
        return false;
      }
      if (ratio) {
        attributes.numbers[attribute.name] = ratio->value;
      }
      return !given || ratio.has_value();
    }
    case Type::headers:
      if (auto headers = table.table(attribute.name)) {
        for (const std::string& name : headers->keys()) {
          attributes.headers.emplace_back(name, headers->required_text(name));
        }
        return true;
      }
      return !given;
    case Type::sqlstate:
      return read_sqlstate(table, attribute, attributes);
    case Type::duration:
    case Type::bytes_per_second:
    case Type::size:
      return read_quantity(table, attribute, attributes);
  }
  return false;
}

// What a fault is put on.
struct Where {
  std::string_view protocol, process;
};

bool fits(const Row& row, const Where& where) {
  return row.on == Row::On::process
             ? std::find(row.processes.begin(), row.processes.end(), where.process) != row.processes.end()
             : row.protocol.empty() || row.protocol == where.protocol;
}

// The row of a name that fits; one that does not if there is none.
const Row* find_row(std::string_view name, const Where& where) {
  const Row* found = nullptr;
  for (const Row& row : catalogue()) {
    if (row.name == name && (!found || fits(row, where))) {
      found = &row;
    }
  }
  return found;
}

std::string misfit(const Row& row, const Where& where) {
  if (row.on != Row::On::process) {
    return fmt::format("'{}' is a fault of {}, and this is {}", row.name, row.protocol, where.protocol);
  }
  return where.process.empty()
             ? fmt::format("'{}' happens to a process, and there is none here that Faultline has started",
                           row.name)
             : fmt::format("'{}' happens to {}, not to {}", row.name, fmt::join(row.processes, ", "),
                           where.process);
}

const Row* row_of(Table& inject, const Where& where) {
  const auto keys = inject.keys();
  if (keys.empty()) {
    inject.problem("", "nothing to inject", "see `faultline list --faults`");
    return nullptr;
  }
  const Row* row = find_row(keys.front(), where);
  std::vector<std::string> names;
  for (const Row& candidate : catalogue()) {
    if (fits(candidate, where)) {
      names.push_back(candidate.name);
    }
  }
  if (!row) {
    inject.problem(keys.front(), fmt::format("unknown fault '{}'", keys.front()),
                   did_you_mean(keys.front(), names));
    return nullptr;
  }
  if (!fits(*row, where)) {
    inject.problem(row->name, misfit(*row, where), "see `faultline list --faults`");
    return nullptr;
  }
  if (keys.size() > 1) {
    inject.problem(keys[1], "one fault injects one thing: write another [[fault]] for this");
    return nullptr;
  }
  return row;
}

std::string edges_text(const Row& row) {
  std::vector<std::string_view> names;
  for (const Edge edge : row.edges) {
    names.push_back(to_text(edge));
  }
  return fmt::format("{}", fmt::join(names, "|"));
}

void append_row(std::string& text, const Row& row) {
  constexpr std::string_view kLine = "  {:<18} {}\n";
  constexpr std::string_view kAttribute = "    {:<16} {:<22} {}{}\n";
  text += fmt::format(fmt::runtime(kLine), row.name, row.meaning);
  if (!row.edges.empty()) {
    text += fmt::format(fmt::runtime(kAttribute), "edge", edges_text(row), "which way",
                        row.edges.size() > 1 ? fmt::format("; {}", to_text(row.edges.front())) : "");
  }
  if (!row.processes.empty()) {
    text += fmt::format(fmt::runtime(kAttribute), "on", fmt::format("{}", fmt::join(row.processes, "|")),
                        "to which it happens", "");
  }
  for (const Attribute& attribute : row.attributes) {
    const std::string type = attribute.type == Type::word ? fmt::format("{}", fmt::join(attribute.words, "|"))
                                                          : std::string(unit(attribute.type));
    const std::string fallback = attribute.required           ? "; must be given"
                                 : attribute.fallback.empty() ? ""
                                                              : "; " + attribute.fallback;
    text += fmt::format(fmt::runtime(kAttribute), attribute.name, type.size() > 22 ? "" : type,
                        attribute.meaning, fallback);
    if (type.size() > 22) {
      text += fmt::format("    {:<16} {}\n", "", type);
    }
  }
}

}  // namespace

std::optional<Fault> read_fault(Table& inject, std::string_view protocol, std::string_view process,
                                std::optional<Edge> edge, const Row*& row) {
  row = row_of(inject, {protocol, process});
  if (!row) {
    return std::nullopt;
  }
  auto table = inject.table(row->name);
  if (!table) {
    return std::nullopt;
  }
  Attributes attributes;
  bool good = true;
  for (const Attribute& attribute : row->attributes) {
    good = read_attribute(*table, attribute, attributes) && good;
  }
  table->finish();
  if (!good) {
    return std::nullopt;
  }
  const Edge acts_on = edge.value_or(row->edges.empty() ? Edge::both : row->edges.front());
  const std::string problem = row->problem ? row->problem(attributes, acts_on) : std::string{};
  if (!problem.empty()) {
    inject.problem(row->name, problem);
    return std::nullopt;
  }
  return row->make(attributes);
}

std::string catalogue_text() {
  struct Section {
    std::string_view protocol, title;
  };
  constexpr Section kSections[] = {
      {"", "Any connection"}, {"postgres", "PostgreSQL"}, {"redis", "Redis"}, {"http", "HTTP"}};
  std::string text;
  for (const Section& section : kSections) {
    text += fmt::format("{}{}\n", text.empty() ? "" : "\n", section.title);
    for (const Row& row : catalogue()) {
      if (row.protocol == section.protocol && row.on != Row::On::process) {
        append_row(text, row);
      }
    }
  }
  text += "\nProcesses\n";
  for (const Row& row : catalogue()) {
    if (row.on == Row::On::process) {
      append_row(text, row);
    }
  }
  for (const Section& section : kSections) {
    if (!section.protocol.empty()) {
      text += fmt::format("\nmatch, for {}\n{}", section.title, conditions_text(section.protocol));
    }
  }
  text += "\nwhen\n" + triggers_text();
  return text;
}

}  // namespace faultline::fault
