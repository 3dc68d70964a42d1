#pragma once
// What a request does with its answer: capture, and the expect plugin -> the keys capture, expect and check of a step.

#include <map>
#include <string>
#include <vector>

#include "import/script.h"

namespace faultline::import {

/// JSON pointers by the name that a script captures under.
using Captured = std::map<std::string, std::string>;

/// Reads `capture`; its variables have a value from here on, and those that cannot be carried over have none. Gives the line
/// of the key, or nothing. `captured` gets what came out of JSON.
std::string write_captures(const Yaml& capture, Script& script, Values& values, Captured& captured);
/// The names that `capture` gives a value.
std::vector<std::string> names_captured(const Yaml& capture);
/// Reads `expect` into the lines of expect and check.
std::string write_expectations(const Yaml& expect, const Captured& captured, Script& script);

}  // namespace faultline::import
