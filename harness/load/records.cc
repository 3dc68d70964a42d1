#include "load/records.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "load/flow_file.h"

namespace faultline::load {
namespace {

constexpr std::size_t kMebibytesAtMost = 256;

// One line after the other, each a list of fields; a quoted field may go over lines.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  int line() const { return line_; }

  std::vector<std::string> take_row() {
    std::vector<std::string> row;
    do {
      row.push_back(take_field());
    } while (take(','));
    take('\r');
    if (!rest_.empty() && !take('\n')) {
      throw std::runtime_error(fmt::format("line {}: a quoted field goes on behind its quote", line_));
    }
    ++line_;
    return row;
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  std::string take_field() {
    if (!take('"')) {
      const auto end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
      std::string field(rest_.substr(0, end));
      rest_.remove_prefix(end);
      return field;
    }
    const int began = line_;
    std::string field;
    for (;;) {
      if (rest_.empty()) {
        throw std::runtime_error(fmt::format("line {}: a quoted field has no end", began));
      }
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"' && !take('"')) {
        return field;
      }
      line_ += c == '\n' ? 1 : 0;
      field.push_back(c);
    }
  }

  std::string_view rest_;
  int line_ = 1;
};

}  // namespace

Records parse_csv(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  Records records;
  CsvReader reader(text);
  if (!reader.done()) {
    records.columns = reader.take_row();
  }
  while (!reader.done()) {
    const int line = reader.line();
    records.rows.push_back(reader.take_row());
    if (records.rows.back().size() != records.columns.size()) {
      throw std::runtime_error(fmt::format("line {}: {} fields, where the heading has {}", line,
                                           records.rows.back().size(), records.columns.size()));
    }
  }
  return records;
}

Records parse_json(std::string_view text) {
  const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!json.is_array()) {
    throw std::runtime_error("it is no JSON array of objects");
  }
  Records records;
  for (const auto& object : json) {
    if (!object.is_object()) {
      throw std::runtime_error("it is no JSON array of objects");
    }
    if (records.rows.empty()) {
      for (const auto& [name, value] : object.items()) {
        records.columns.push_back(name);
      }
    }
    std::vector<std::string>& row = records.rows.emplace_back();
    for (const std::string& name : records.columns) {
      const auto value = object.find(name);
      if (value == object.end() || value->is_structured()) {
        throw std::runtime_error(
            fmt::format("object {} has no text or number '{}'", records.rows.size(), name));
      }
      row.push_back(value->is_string() ? value->get<std::string>() : value->dump());
    }
  }
  return records;
}

Records read_records(const std::filesystem::path& path) {
  const std::string text = read_file(path, kMebibytesAtMost);
  if (path.extension() == ".csv") {
    return parse_csv(text);
  }
  if (path.extension() == ".json") {
    return parse_json(text);
  }
  throw std::runtime_error("it is neither a .csv nor a .json");
}

}  // namespace faultline::load
