#pragma once
// The values of a script and the placeholders that they become: variables and random values are drawn by the flow
// ([flow.data]), what a step captures is known to the steps behind it, variables of the environment stand where they are
// used.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "import/artillery.h"
#include "import/expression.h"
#include "import/yaml.h"

namespace faultline::import {

/// A text with placeholders; no two pieces of characters are side by side.
struct Text {
  struct Piece {
    bool placeholder = false;
    std::string text;  // the characters, or the placeholder's name
    bool integer = false;
  };
  std::vector<Piece> pieces;
};

// As the three places of a flow want it, each with its characters made harmless.
std::string in_string(const Text& text);
std::string in_target(const Text& text);
/// In a JSON string, without its quotes.
std::string in_json(const Text& text);
/// Whether it is one integer and nothing else: JSON may have it as a number.
bool is_integer(const Text& text);

/// What the flow draws for each arrival, under names that placeholders may have and that nothing else has.
class Data {
 public:
  /// Adds a generator, TOML as it is, and gives the name that it got.
  std::string add(std::string_view wanted, std::string generator);
  /// The n-th of these generators: a journey that draws twice needs two, and shares both with the other journeys.
  std::string nth(std::string_view wanted, const std::string& generator, std::size_t n);
  /// A version 4 UUID, of its digits.
  std::string nth_uuid(std::size_t n);
  /// The placeholder of what scripts capture by this name.
  std::string captured(const std::string& name);

  /// The lines below [flow.data]; empty when nothing is drawn.
  std::string to_toml() const;

 private:
  std::string free_name(std::string_view wanted);

  std::set<std::string> taken_ = {"arrival", "api_key"};
  std::map<std::string, std::string> captured_;
  std::map<std::string, std::vector<std::string>> drawn_;
  std::vector<std::pair<std::string, std::string>> generators_;
};

/// What is known all over a script: config.variables.
using Variables = std::map<std::string, Text, std::less<>>;

/// What is known at some point of a journey.
class Values {
 public:
  /// All three must outlive it.
  Values(Data& data, const Variables& variables, std::vector<Note>& notes)
      : data_(data), variables_(variables), notes_(notes) {}

  /// Nothing when some expression has no value: then `lacking` says which and why.
  std::optional<Text> read(std::string_view text, int line, std::string& lacking);

  /// From here on a variable has what a step captures; gives the placeholder.
  std::string capture(const std::string& name);
  /// From here on a variable has no value, since what gives it one was not carried over.
  void lose(const std::string& name);
  /// From here on a variable has this value, whatever it was.
  void set(const std::string& name, Text text);

 private:
  bool append(const Expression& piece, int line, Text& text, std::string& lacking);

  Data& data_;
  const Variables& variables_;
  std::vector<Note>& notes_;
  std::map<std::string, Text, std::less<>> known_;
  std::set<std::string, std::less<>> lost_;
  std::map<std::string, std::size_t> drawn_;
};

/// Reads config.variables. What cannot be carried over is noted.
void read_variables(const Yaml& value, Data& data, Variables& variables, std::vector<Note>& notes);
/// Reads config.payload: a text cannot read the files it names, so that each column stands for its values.
void read_payload(const Yaml& value, Data& data, Variables& variables, std::vector<Note>& notes);

}  // namespace faultline::import
