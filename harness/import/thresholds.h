#pragma once
// The ensure plugin -> [thresholds].

#include <string>
#include <vector>

#include "import/artillery.h"
#include "import/yaml.h"

namespace faultline::import {

/// Thresholds by metric of ours, in the order of the script.
class Thresholds {
 public:
  /// Reads config.ensure, or config.plugins.ensure.
  void read(const Yaml& ensure, std::vector<Note>& notes);
  /// The table [thresholds], or empty.
  std::string to_toml() const;

 private:
  void read_metric(const Member& member, std::vector<Note>& notes);
  void add(const std::string& metric, const std::string& threshold);

  std::vector<std::pair<std::string, std::vector<std::string>>> thresholds_;
};

}  // namespace faultline::import
