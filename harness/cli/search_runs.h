#pragma once
// Makes the runs of a search over one scenario: each in a directory of its own, from the file with what the search
// changes on top of what the command line does.

#include <filesystem>

#include "cli/command.h"
#include "cli/search_progress.h"
#include "loop/stop.h"
#include "search/runs.h"
#include "transport/transport.h"

namespace faultline::cli {

struct SearchRuns {
  const scenario::Scenario& scenario;
  const ScenarioOptions& options;
  transport::Kind transport;
  std::filesystem::path directory;
  SearchProgress& progress;
  const Stop& stop;

  /// A search::Runner.
  search::Ran operator()(const search::Ask& ask) const;

 private:
  void make(const scenario::Scenario& changed, const search::Ask& ask, search::Ran& ran) const;
};

}  // namespace faultline::cli
