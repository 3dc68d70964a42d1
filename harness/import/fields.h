#pragma once
// A map of a script as it is being read. What nobody asked for is noted at the end, so that nothing is dropped without a
// word.
//
//   Fields fields(value, "config", notes);
//   const Yaml* phases = fields.get("phases");
//   fields.finish();

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "import/artillery.h"
#include "import/yaml.h"

namespace faultline::import {

class Fields {
 public:
  /// A value that is no map has no members, and is noted. `notes` and `value` must outlive it.
  Fields(const Yaml& value, std::string of, std::vector<Note>& notes);

  /// Asks for a member; null where there is none, or only an empty value.
  const Yaml* get(std::string_view name);
  /// The same, of a text.
  const std::string* text(std::string_view name);
  /// Notes a member's value.
  void note(std::string_view name, std::string why);
  /// Notes what was not asked for: with its reason, where that is known.
  void finish();

  int line() const { return value_.line; }

 private:
  const Yaml& value_;
  std::string of_;
  std::vector<Note>& notes_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace faultline::import
