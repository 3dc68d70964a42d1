#pragma once
// A script as it comes over: the files as they are written, and what loadtest::read makes of them.

#include <string>

#include "import/artillery.h"
#include "loadtest/test.h"
#include "scratch.h"

namespace faultline::import {

struct Imported {
  Import files;
  loadtest::LoadTest test;
  std::string problems;  // of the import, or of reading what it made

  const load::Flow& flow() const { return test.loads.at(0).flow; }
  const load::RequestStep& request(std::size_t journey, std::size_t step) const {
    return std::get<load::RequestStep>(flow().journeys.at(journey).steps.at(step));
  }
  /// All notes, one a line: "12: what: why".
  std::string notes() const {
    std::string all;
    for (const Note& note : files.notes) {
      all += std::to_string(note.line) + ": " + note.what + ": " + note.why + "\n";
    }
    return all;
  }
};

/// Reads `load_test` and `flow`, which it names, through files.
inline loadtest::LoadTest read_files(const std::string& load_test, const std::string& flow,
                                     const std::string& name, Diagnostics& problems) {
  const Scratch directory;
  directory.write("flows/" + name + ".toml", flow);
  return loadtest::read(directory.write("load/" + name + ".toml", load_test), {}, problems);
}

inline Imported imported(const std::string& script) {
  Imported result;
  Diagnostics problems;
  result.files = artillery(script, "shop.yml", "shop", problems);
  if (problems.empty()) {
    result.test = read_files(result.files.load_test, result.files.flow, "shop", problems);
  }
  for (const Diagnostic& problem : problems) {
    result.problems += to_text(problem) + "\n";
  }
  return result;
}

}  // namespace faultline::import
