#pragma once
// A file with the rows that arrivals take their data from: CSV with a heading (RFC 4180), or a JSON array of objects.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::load {

struct Records {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // as many values each as there are columns
};

/// By the file's extension, .csv or .json. Throws std::runtime_error with what is wrong and, in a CSV, its line.
Records read_records(const std::filesystem::path& path);
Records parse_csv(std::string_view text);
Records parse_json(std::string_view text);

}  // namespace faultline::load
