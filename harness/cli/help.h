#pragma once
// How --help looks: as CLI11 makes it, with lines that end at words before the terminal does.

#include <CLI/CLI.hpp>
#include <cstddef>
#include <string>

namespace faultline::cli {

/// The text with its lines broken between words, so that none has more than `width` bytes unless a word has. One that begins
/// with a space is an example, which is copied from the terminal, and kept.
std::string wrapped(const std::string& text, std::size_t width);

/// Give it to the program before its subcommands are added, which take it over.
class Help final : public CLI::Formatter {
 public:
  explicit Help(std::size_t width) : width_(width) {}

  std::string make_description(const CLI::App* app) const override;
  std::string make_footer(const CLI::App* app) const override;
  std::string make_subcommand(const CLI::App* subcommand) const override;
  std::string make_option_desc(const CLI::Option* option) const override;

 private:
  std::size_t beside_names() const;

  const std::size_t width_;
};

}  // namespace faultline::cli
