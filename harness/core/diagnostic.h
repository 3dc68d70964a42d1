#pragma once
// A mistake of the user: where it is, what is wrong, and what was probably meant.

#include <string>
#include <string_view>
#include <vector>

namespace faultline {

/// A position in a text file, counted from 1. Line 0: the file as a whole.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

struct Diagnostic {
  Place place;
  std::string message;     // "unknown key 'duting'"
  std::string suggestion;  // "did you mean 'during'?", or empty
};

/// Everything that is wrong with what was read, in the order in which it was found.
using Diagnostics = std::vector<Diagnostic>;

/// "file:line:column: error: message, suggestion", and below it the offending line with a caret when the file
/// can still be read.
std::string to_text(const Diagnostic& problem);

/// The candidate within a few edits of `word` ("did you mean 'x'?"), or an empty string when none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace faultline
