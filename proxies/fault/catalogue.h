#pragma once
// The one table of faults. The parser, the suggestions for typos, `faultline list --faults` and the documentation all
// follow from its rows: a new fault is a struct in fault.h, a row here, and what it does on its wire.

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/table.h"
#include "fault/fault.h"

namespace faultline::fault {

struct Attribute {
  enum class Type { duration, bytes_per_second, size, count, probability, word, text, sqlstate, headers };
  std::string name;
  Type type{};
  std::vector<std::string> words;  // of a word
  std::string fallback;            // as it would be written; empty: see `required`
  bool required = false;
  std::string meaning;
};

/// Attributes as they were read: durations in nanoseconds, sizes in bytes, rates in bytes a second, words and texts as they
/// are. What was not given and has no default is absent.
struct Attributes {
  std::map<std::string, double> numbers;
  std::map<std::string, std::string> words;
  std::vector<std::pair<std::string, std::string>> headers;
  bool has(const std::string& name) const { return numbers.contains(name) || words.contains(name); }
};

struct Row {
  /// What it acts on: the listener and whole connections; the bytes of connections; the messages that a rule is for;
  /// bytes, and where the rule has a `match` or a `when` messages; or a process.
  enum class On { connections, bytes, messages, bytes_or_messages, process };
  std::string name;
  std::string protocol;  // empty: any
  std::string meaning;
  On on = On::messages;
  std::vector<std::string> processes = {};  // that it can happen to, where it is not on the wire
  std::vector<Edge> edges;                  // that a rule may name, the default first; none: it has no edge
  std::vector<Attribute> attributes;
  /// What is wrong with a combination of attributes that are right by themselves; empty when nothing is.
  std::function<std::string(const Attributes&, Edge)> problem;
  std::function<Fault(const Attributes&)> make;
};

const std::vector<Row>& catalogue();

/// Reads `{ refuse = { existing = "keep" } }`, on a dependency that speaks this protocol, or is this process (empty: it
/// is none of ours). Nothing when it is wrong: then the mistake has been reported. `row` is set to the row of the fault. `edge` is the one that the rule names.
std::optional<Fault> read_fault(Table& inject, std::string_view protocol, std::string_view process,
                                std::optional<Edge> edge, const Row*& row);

std::string_view to_text(Edge edge);

/// What a fault does, in a word: for journals.
std::string_view name_of(const Fault& fault);

/// The catalogue for people: faults by protocol, conditions and triggers.
std::string catalogue_text();

}  // namespace faultline::fault
