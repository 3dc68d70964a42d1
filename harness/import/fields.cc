#include "import/fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::import {
namespace {

struct Reason {
  std::string_view name;
  std::string_view why;
};

constexpr std::string_view kJavaScript = "is JavaScript, which is not carried over";
constexpr Reason kReasons[] = {
    {"processor", kJavaScript},
    {"function", kJavaScript},
    {"beforeRequest", kJavaScript},
    {"afterResponse", kJavaScript},
    {"beforeScenario", kJavaScript},
    {"afterScenario", kJavaScript},
    {"onError", kJavaScript},
    {"transform", kJavaScript},
    {"before", "runs once before the test, which a load test has no place for: do it before you start one"},
    {"after", "runs once after the test, which a load test has no place for: do it when one has ended"},
    {"environments", "a load test is one file for one purpose: make another, or change a value with --set"},
    {"log", "prints, which changes nothing of the load"},
    {"parallel", "the steps of a journey come one after the other"},
    {"auth", "give the request an Authorization header"},
    {"body", "a request has one body, and another one is carried over"},
    {"form", "a request has one body, and another one is carried over"},
    {"formData", "a request has one body, and another one is carried over"},
    {"ifTrue", "a step is made always: it is written without its condition"},
    {"xpath", "a value is found by a JSON pointer, a header or a pattern"},
    {"selector", "a value is found by a JSON pointer, a header or a pattern"},
    {"statsInterval", "metrics are kept second by second"},
    {"pool", "connections are shared by all: say how many with 'connections' in [limits]"},
    {"maxSockets", "connections are shared by all: say how many with 'connections' in [limits]"},
    {"notStatusCode", "name the statuses that are right, with 'expect'"},
    {"contentType",
     "a header is compared as a whole: add a check of Content-Type with the values that are right"},
    {"cdnHit", "add a check of the header that says so"},
};

std::string_view reason_of(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kReasons), std::end(kReasons),
                                         [&](const Reason& each) { return each.name == name; });
  return found == std::end(kReasons) ? "has no counterpart here" : found->why;
}

}  // namespace

Fields::Fields(const Yaml& value, std::string of, std::vector<Note>& notes)
    : value_(value), of_(std::move(of)), notes_(notes) {
  if (value.kind != Yaml::Kind::map && value.kind != Yaml::Kind::none) {
    notes_.push_back({value.line, of_, "should be a map of names and values, and is left out"});
  }
}

const Yaml* Fields::get(std::string_view name) {
  asked_.emplace(name);
  const Yaml* found = value_.find(name);
  return found && found->kind != Yaml::Kind::none ? found : nullptr;
}

const std::string* Fields::text(std::string_view name) {
  const Yaml* found = get(name);
  if (found && found->kind != Yaml::Kind::text) {
    note(name, "should be a text, and is left out");
    return nullptr;
  }
  return found ? &found->text : nullptr;
}

void Fields::note(std::string_view name, std::string why) {
  const auto found = std::find_if(value_.members.begin(), value_.members.end(),
                                  [&](const Member& each) { return each.name == name; });
  notes_.push_back({found == value_.members.end() ? value_.line : found->line,
                    fmt::format("'{}' of {}", name, of_), std::move(why)});
}

void Fields::finish() {
  for (const Member& member : value_.members) {
    if (!asked_.contains(member.name)) {
      note(member.name, std::string(reason_of(member.name)));
    }
  }
}

}  // namespace faultline::import
