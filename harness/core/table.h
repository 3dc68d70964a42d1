#pragma once
// A TOML table as it is being read into a plain struct. Every layer reads its own part with this, so that all
// of them report mistakes alike: the wrong type, the missing key, the key nobody asked for.
//
//   Throttle read_throttle(Table& table) {
//     Throttle throttle{.rate = table.required_size("rate")};
//     table.finish();                    // whatever was not asked for is an unknown key; what was is its
//     vocabulary return throttle;
//   }
//
// Mistakes do not stop the reading: they are collected, a default stands in, and the caller looks at the list
// once at the end. toml++ stays behind this header, since it takes seconds to compile.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"
#include "core/units.h"

namespace faultline {

class Table;

/// A value that may be a string, a number, an array …: for keys that take several shapes.
class Value {
 public:
  enum class Kind { text, integer, real, boolean, array, table };

  Kind kind() const;
  Place place() const;  // of the value's first character
  /// Of the n-th character (from 0) of a string's content, for errors inside expressions.
  Place place_in_text(std::size_t n) const;

  std::string text() const;  // each of these asserts the kind
  std::int64_t integer() const;
  double real() const;  // an integer is a real too
  bool boolean() const;
  std::vector<Value> array() const;
  Table table() const;

  /// Reports a mistake at this value.
  void problem(std::string message, std::string suggestion = {}) const;
  /// The same at the n-th character (from 0) of a string's content.
  void problem_in_text(std::size_t n, std::string message, std::string suggestion = {}) const;

 private:
  friend class Table;
  struct Node;
  explicit Value(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;
};

/// A value that takes the place of the file's. The key is dotted; an element of an array of tables is named
/// by its `name` or its index: "service.env.DEBUG", "phase.incident.for". The value is TOML, and what is no
/// TOML value is a string.
struct Override {
  std::string key;
  std::string value;
};

class Table {
 public:
  /// Reads a file or a text. A syntax error is reported, and an empty table returned. `problems` must outlive
  /// the table and everything taken from it.
  static Table parse_file(const std::filesystem::path& path, Diagnostics& problems);
  static Table parse(std::string_view text, const std::string& name, Diagnostics& problems);

  /// Puts a value in place. Call it before anything is read.
  void set(const Override& change);
  /// The table as TOML, with what was set.
  std::string to_toml() const;

  Place place() const;
  bool has(std::string_view key) const;   // does not count as asking for it
  std::vector<std::string> keys() const;  // in the order of the file
  bool empty() const { return keys().empty(); }

  /// Asks for a key: any shape. The typed readers below report a wrong type and give the fallback.
  std::optional<Value> get(std::string_view key);

  std::optional<std::string> text(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key);
  std::optional<double> number(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<Duration> duration(std::string_view key);
  std::optional<Rate> rate(std::string_view key);
  std::optional<Size> size(std::string_view key);
  std::optional<Ratio> ratio(std::string_view key);
  std::optional<Table> table(std::string_view key);
  /// An array of tables; absent: empty. A single table counts as one.
  std::vector<Table> tables(std::string_view key);
  /// An array of strings; absent: empty. A single string counts as one.
  std::vector<std::string> texts(std::string_view key);

  /// One of these words; anything else is reported with a suggestion.
  std::optional<std::string> one_of(std::string_view key, const std::vector<std::string>& words);

  // The same, and a missing key is reported.
  std::string required_text(std::string_view key);
  Duration required_duration(std::string_view key);
  Rate required_rate(std::string_view key);
  Size required_size(std::string_view key);

  /// Where the value of `key` is, or the table when it is absent.
  Place place_of(std::string_view key) const;
  /// Reports a mistake at the key's value, or at the table when it is absent.
  void problem(std::string_view key, std::string message, std::string suggestion = {});
  /// Reports that a key is missing.
  void missing(std::string_view key);

  /// Every key that was never asked for is unknown: reported, with the nearest one that was asked for.
  void finish();

 private:
  friend class Value;
  struct State;
  explicit Table(std::shared_ptr<State> state) : state_(std::move(state)) {}
  template <typename T>
  std::optional<T> quantity(std::string_view key, std::optional<T> (*read)(std::string_view),
                            std::string_view example);
  std::shared_ptr<State> state_;
};

}  // namespace faultline
