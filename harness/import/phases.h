#pragma once
// config.phases -> [[phase]], and the rate of [[load]] by phase.

#include <string>
#include <vector>

#include "import/artillery.h"
#include "import/yaml.h"

namespace faultline::import {

struct Phases {
  std::string phases;  // the tables of [[phase]]
  std::string rate;    // the value of 'rate'
  std::string limits;  // the table [limits], or empty
};

/// Something is always due: what would bring no load at all becomes one phase, and is noted. `phases` may be null.
Phases write_phases(const Yaml* phases, int line, std::vector<Note>& notes);

}  // namespace faultline::import
