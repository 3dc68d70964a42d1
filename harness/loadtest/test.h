#pragma once
// A load test: a file of its own (suites/load/NAME.toml) that needs no environment, only the address of a service.
//
//   [load_test]
//   name    = "peak"
//   title   = "Peak load"
//   summary = "100 arrivals a second for five minutes."
//   seed    = 1
//
//   [[phase]]
//   name  = "peak"
//   for   = "5m"
//   short = "10s"                     # its length with --short, for CI; default: `for`
//
//   [[load]]                          # load.h
//   flow = "settler-mixed"
//   rate = "100/s"
//
//   [thresholds]                      # metrics/threshold.h: what the exit status is of
//   http_req_duration = ["p(95)<200", "p(99)<500"]
//
//   [[target]]                        # the table of target, warning and critical: for people, and for no exit status
//   metric  = "http_req_duration"
//   target  = "p(95)<200"             # met: as it should be
//   warning = "p(95)<500"             # met: a warning; otherwise it is critical
//
//   [limits]
//   in_flight   = 5000                # journeys under way
//   past        = "shed"              # beyond it an arrival is given up and counted; "wait": it comes late
//   connections = 0                   # to the service at once; 0: as many as are wanted
//   drain       = "30s"               # for what is under way at the end
//
//   [http]
//   gzip     = false                  # ask for compressed answers
//   cacert   = "ca.pem"               # beside this file: whom to trust instead of the system's authorities
//   insecure = false                  # trust everybody
//
//   [validity]                        # load/validity.h

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/draw.h"
#include "core/table.h"
#include "http/client.h"
#include "load/driver.h"
#include "load/load.h"
#include "load/validity.h"
#include "metrics/threshold.h"

namespace faultline::loadtest {

/// One row of the table.
struct Target {
  metrics::Threshold target, warning;
};

struct LoadTest {
  std::filesystem::path file;
  std::string name, title, summary;
  Seed seed = 1;
  std::vector<load::Phase> phases;
  std::vector<load::Load> loads;
  std::vector<metrics::Threshold> thresholds;
  std::vector<Target> targets;
  load::DriverLimits limits;
  http::ClientOptions http;
  load::Validity validity;
  /// The files that it was read from (itself first): name, and text.
  std::vector<std::pair<std::string, std::string>> sources;

  Duration length() const;
};

struct Reading {
  std::vector<Override> changes;  // --set
  bool brief = false;             // the phases' short lengths
};

/// Reads and checks a test. Whatever is wrong is in `problems`; the test is usable when there are none.
LoadTest read(const std::filesystem::path& file, const Reading& reading, Diagnostics& problems);
/// The same from a text; flows are looked for beside `name`.
LoadTest read_text(const std::string& text, const std::string& name, const Reading& reading,
                   Diagnostics& problems);

/// The metrics that a load has: those of every load, and its flows' own.
std::vector<std::pair<std::string, metrics::Kind>> known_metrics(const std::vector<load::Load>& loads);

}  // namespace faultline::loadtest
