// faultline import: another tool's load test as files of ours.

#include "import/artillery.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "cli/command.h"
#include "core/error.h"
#include "core/file.h"
#include "import/yaml.h"
#include "loadtest/test.h"

namespace faultline::cli {
namespace {

namespace fs = std::filesystem;

struct ImportOptions {
  std::string file, out = ".";
  bool force = false;
};

// No more of it than the importer takes.
std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(import::kScriptBytesAtMost + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

void write(const fs::path& path, const std::string& text) {
  write_file(path, text, "name another directory with --out");
  fmt::print("{}\n", path.string());
}

int print(const Diagnostics& problems) {
  for (const Diagnostic& problem : problems) {
    fmt::print(stderr, "{}\n", to_text(problem));
  }
  return kUsage;
}

void print(const std::vector<import::Note>& notes) {
  for (const import::Note& note : notes) {
    fmt::print("  line {}: {}: {}\n", note.line, note.what, note.why);
  }
  if (!notes.empty()) {
    fmt::print("{} {} not carried over\n", notes.size(), notes.size() == 1 ? "thing was" : "things were");
  }
}

int import_artillery(const ImportOptions& options) {
  const std::string name = fs::path(options.file).stem().string();
  const fs::path load = fs::path(options.out) / "load" / (name + ".toml");
  const fs::path flow = fs::path(options.out) / "flows" / (name + ".toml");
  for (const fs::path& path : {load, flow}) {
    if (!options.force && fs::exists(path)) {
      fmt::print(stderr, "faultline: {} is there already; --force replaces it, --out writes elsewhere\n",
                 path.string());
      return kUsage;
    }
  }
  Diagnostics problems;
  const import::Import imported = import::artillery(text_of(options.file), options.file, name, problems);
  if (!problems.empty()) {
    print(imported.notes);
    return print(problems);
  }
  write(flow, imported.flow);
  write(load, imported.load_test);
  print(imported.notes);
  loadtest::read(load, {}, problems);
  if (!problems.empty()) {
    print(problems);
    throw std::runtime_error("what was written cannot be read, which is a defect of the import");
  }
  return 0;
}

}  // namespace

void add_import(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("import", "Make a load test of another tool's script");
  command->footer(
      "Examples:\n"
      "  faultline import artillery tests/load/shop.yml --out suites\n"
      "  faultline load suites/load/shop.toml --url http://127.0.0.1:3000\n"
      "What has no counterpart is listed, with its line. Exit status: 0 the files are written, 2 the script "
      "is broken or "
      "none, 3 they could not be written.");
  command->require_subcommand(1);
  CLI::App* one = command->add_subcommand("artillery", "A script of Artillery, in YAML");
  auto options = std::make_shared<ImportOptions>();
  one->add_option("file", options->file, "The script")
      ->type_name("FILE")
      ->required()
      ->check(CLI::ExistingFile);
  one->add_option("--out", options->out, "Where load/NAME.toml and flows/NAME.toml go (.)")->type_name("DIR");
  one->add_flag("--force", options->force, "Replace them where they are there already");
  one->callback([options, &status] { status = import_artillery(*options); });
}

}  // namespace faultline::cli
