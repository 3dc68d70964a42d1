#pragma once
// The one table of faults. The parser, the suggestions for typos, `faultline list --faults` and the documentation all
// follow from its rows: a new fault is a struct in fault.h, a row here, and what it does in proxies/stream.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/table.h"
#include "fault/fault.h"

namespace faultline::fault {

struct Attribute {
  enum class Type { duration, bytes_per_second, size, word };
  std::string name;
  Type type{};
  std::vector<std::string> words;  // of a word
  std::string fallback;            // as it would be written; empty: see `required`
  bool required = false;
  std::string meaning;
};

/// Attributes as they were read: durations in nanoseconds, sizes in bytes, rates in bytes a second, words as they are.
struct Attributes {
  std::map<std::string, double> numbers;
  std::map<std::string, std::string> words;
  bool has(const std::string& name) const { return numbers.contains(name) || words.contains(name); }
};

struct Row {
  std::string name;
  std::string meaning;
  bool has_edges = false;  // it acts on bytes of one direction, or of both
  Edge default_edge = Edge::both;
  std::vector<Attribute> attributes;
  /// What is wrong with a combination of attributes that are right by themselves; empty when nothing is.
  std::function<std::string(const Attributes&)> problem;
  std::function<Fault(const Attributes&)> make;
};

const std::vector<Row>& catalogue();

/// Reads `{ refuse = { existing = "keep" } }`. Nothing when it is wrong: then the mistake has been reported.
/// `row` is set to the row of the fault.
std::optional<Fault> read_fault(Table& inject, const Row*& row);

/// The catalogue for people.
std::string catalogue_text();

}  // namespace faultline::fault
