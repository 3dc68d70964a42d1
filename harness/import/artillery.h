#pragma once
// Turns a load script of Artillery (artillery.io/docs/reference/test-script), in YAML, into files of ours: a load test
// (loadtest/test.h) and the flow that it names (load/flow.h).
//
//   config: { phases: [{ duration: 60, arrivalRate: 5, name: Warm up }] }     [[phase]] name = "warm-up", for = "60s"
//   scenarios:                                                                [[load]] rate = { warm-up = "5/s" }
//     - flow:                                                               ->
//         - get: { url: "/jobs/{{ id }}" }                                    [[journey.step]] request = "GET /jobs/${id}"
//
// What has no counterpart is left out and noted, with its line; nothing is dropped without a word. A request that needs a
// value that the script never gives it (Artillery sends it empty) is left out too.
//
// The way of a script: yaml.h reads it into plain data, with bounds; fields.h keeps watch over what of it was used;
// expression.h and values.h turn {{ }} into placeholders; phases, journey, request, answer and thresholds write one part
// each. No I/O, and no state between calls.

#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"

namespace faultline::import {

/// Something that was not carried over as it stands.
struct Note {
  int line = 0;      // of the script
  std::string what;  // "'processor'"
  std::string why;   // and what to do instead
};

struct Import {
  std::string load_test, flow;  // the text of the two files
  std::vector<Note> notes;      // by line
};

/// `name` is what both files are called, and how the first names the second; `file` is the script's, for messages. Whatever
/// makes it no YAML, or no script of Artillery, or leaves nothing of it, is in `problems`: then the texts are empty. Otherwise
/// loadtest::read reads them.
Import artillery(std::string_view script, const std::string& file, const std::string& name,
                 Diagnostics& problems);

}  // namespace faultline::import
