#include "fault/catalogue.h"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::fault {
namespace {

using Type = Attribute::Type;

Duration nanoseconds(const Attributes& attributes, const std::string& name) {
  return Duration(static_cast<Duration::rep>(attributes.numbers.at(name)));
}

std::string nothing_wrong(const Attributes& /*attributes*/) {
  return {};
}

const std::vector<Row> kCatalogue = {
    {.name = "refuse",
     .meaning = "nothing listens: connect gives ECONNREFUSED",
     .attributes =
         {{"existing", Type::word, {"reset", "keep"}, "reset", false, "what becomes of open connections"}},
     .problem = nothing_wrong,
     .make = [](const Attributes& a) -> Fault { return Refuse{a.words.at("existing") == "reset"}; }},
    {.name = "blackhole",
     .meaning = "nothing ever answers",
     .attributes =
         {{"connect", Type::word, {"accept", "hang"}, "accept", false, "whether a connection comes about"}},
     .problem = nothing_wrong,
     .make = [](const Attributes& a) -> Fault { return Blackhole{a.words.at("connect") == "accept"}; }},
    {.name = "delay",
     .meaning = "each chunk comes later, in the same order",
     .has_edges = true,
     .default_edge = Edge::response,
     .attributes =
         {{"by", Type::duration, {}, "", true, "how much later"},
          {"jitter", Type::duration, {}, "0s", false, "more or less than that, drawn for each chunk"}},
     .problem =
         [](const Attributes& a) {
           return a.numbers.at("jitter") > a.numbers.at("by") ? "jitter must not be above the delay"
                                                              : std::string{};
         },
     .make = [](const Attributes& a) -> Fault {
       return Delay{nanoseconds(a, "by"), nanoseconds(a, "jitter")};
     }},
    {.name = "throttle",
     .meaning = "at most so many bytes a second, on each connection",
     .has_edges = true,
     .default_edge = Edge::both,
     .attributes = {{"rate", Type::bytes_per_second, {}, "", true, "in each direction on its own"}},
     .problem =
         [](const Attributes& a) {
           return a.numbers.at("rate") < 1 ? "a rate of less than a byte a second is a hang" : std::string{};
         },
     .make = [](const Attributes& a) -> Fault { return Throttle{a.numbers.at("rate")}; }},
    {.name = "cut",
     .meaning = "the connection ends",
     .has_edges = true,
     .default_edge = Edge::response,
     .attributes =
         {{"how", Type::word, {"rst", "fin", "half"}, "rst", false, "reset, closed, or one direction closed"},
          {"after", Type::size, {}, "0B", false, "once so many bytes have passed since the fault came on"}},
     .problem = nothing_wrong,
     .make = [](const Attributes& a) -> Fault {
       const std::string& how = a.words.at("how");
       return Cut{how == "rst"   ? Cut::How::rst
                  : how == "fin" ? Cut::How::fin
                                 : Cut::How::half,
                  static_cast<std::uint64_t>(a.numbers.at("after"))};
     }},
    {.name = "hang",
     .meaning = "bytes stop, the connection stays; none is lost",
     .has_edges = true,
     .default_edge = Edge::both,
     .attributes = {{"for", Type::duration, {}, "", false, "until it is lifted, unless given"}},
     .problem = nothing_wrong,
     .make = [](const Attributes& a) -> Fault {
       return Hang{a.has("for") ? std::optional(nanoseconds(a, "for")) : std::nullopt};
     }},
};

std::string_view example(Type type) {
  switch (type) {
    case Type::duration:
      return "a duration such as \"200ms\"";
    case Type::bytes_per_second:
      return "bytes a second such as \"64KiB/s\"";
    case Type::size:
      return "a size such as \"64KiB\"";
    case Type::word:
      return "a word";
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

// Reads one attribute; false when it is wrong, and then it was reported.
bool read_attribute(Table& table, const Attribute& attribute, Attributes& attributes) {
  if (attribute.type == Type::word) {
    const bool given = table.has(attribute.name);
    const auto word = table.one_of(attribute.name, attribute.words);
    attributes.words[attribute.name] = word.value_or(attribute.fallback);
    return !given || word.has_value();
  }
  const bool given = table.has(attribute.name);
  const auto text = table.text(attribute.name);
  if (!given && attribute.required) {
    table.missing(attribute.name);
    return false;
  }
  if (given && !text) {
    return false;
  }
  const std::string value = text.value_or(attribute.fallback);
  if (value.empty()) {
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

std::string_view unit(Type type) {
  switch (type) {
    case Type::duration:
      return "duration";
    case Type::bytes_per_second:
      return "bytes/s";
    case Type::size:
      return "size";
    case Type::word:
      return "";
  }
  return "";
}

}  // namespace

const std::vector<Row>& catalogue() {
  return kCatalogue;
}

std::optional<Fault> read_fault(Table& inject, const Row*& row) {
  std::vector<std::string> names;
  row = nullptr;
  for (const Row& candidate : kCatalogue) {
    names.push_back(candidate.name);
    if (inject.has(candidate.name)) {
      row = &candidate;
    }
  }
  const auto keys = inject.keys();
  if (!row) {
    inject.problem(keys.empty() ? "" : keys.front(),
                   keys.empty() ? "nothing to inject" : fmt::format("unknown fault '{}'", keys.front()),
                   keys.empty() ? "see `faultline list --faults`" : did_you_mean(keys.front(), names));
    return std::nullopt;
  }
  if (keys.size() > 1) {
    inject.problem(keys[1], "one fault injects one thing: write another [[fault]] for this");
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
  if (const std::string problem = row->problem(attributes); !problem.empty()) {
    inject.problem(row->name, problem);
    return std::nullopt;
  }
  return row->make(attributes);
}

std::string catalogue_text() {
  std::string text;
  for (const Row& row : kCatalogue) {
    text += fmt::format("{:<10} {}\n", row.name, row.meaning);
    if (row.has_edges) {
      text += fmt::format("           {:<9} {:<22} {}\n", "edge", "request|response|both",
                          row.default_edge == Edge::both ? "which way; both" : "which way; response");
    }
    for (const Attribute& attribute : row.attributes) {
      const std::string type = attribute.type == Type::word
                                   ? fmt::format("{}", fmt::join(attribute.words, "|"))
                                   : std::string(unit(attribute.type));
      const std::string fallback = attribute.required           ? "; must be given"
                                   : attribute.fallback.empty() ? ""
                                                                : "; " + attribute.fallback;
      text +=
          fmt::format("           {:<9} {:<22} {}{}\n", attribute.name, type, attribute.meaning, fallback);
    }
  }
  return text;
}

}  // namespace faultline::fault
