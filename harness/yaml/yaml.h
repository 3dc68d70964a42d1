#pragma once
// YAML as plain data, with the place of everything. What comes from outside is bounded: the size of the text, how deep it
// goes, and how much its aliases make of it. Merge keys (`<<`) are carried out. yaml-cpp stays behind this header.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"

namespace faultline::yaml {

inline constexpr std::size_t kBytesAtMost = std::size_t{1} << 20;
inline constexpr int kDepthAtMost = 64;
inline constexpr std::size_t kValuesAtMost = 100'000;
inline constexpr std::size_t kTextAtMost = std::size_t{16} << 20;  // of all values, each alias counted

struct Member;

struct Value {
  enum class Kind { none, text, list, map };

  Kind kind = Kind::none;
  int line = 0, column = 0;  // from 1
  bool plain = false;        // a text without quotes: it may be a number or a boolean
  std::string text;
  std::vector<Value> items;     // of a list
  std::vector<Member> members;  // of a map, in the order of the file; no name twice

  /// The member of a map; null where there is none, or this is no map.
  const Value* find(std::string_view name) const;
  /// A number, be it in quotes.
  std::optional<double> number() const;
  /// `true` or `false`, without quotes.
  std::optional<bool> boolean() const;
};

struct Member {
  std::string name;
  int line = 0, column = 0;  // of the name
  Value value;
};

/// The items of a list; anything else but nothing counts as a list of one.
std::vector<const Value*> as_list(const Value& value);

/// Reads the first document of a text. Nothing when it is broken or beyond a bound: then it is in `problems`, with `file`
/// as its place.
std::optional<Value> read(std::string_view text, const std::string& file, Diagnostics& problems);
/// The same of all its documents, which share the bounds; one that is empty has the kind none.
std::optional<std::vector<Value>> read_documents(std::string_view text, const std::string& file,
                                                 Diagnostics& problems);

}  // namespace faultline::yaml
