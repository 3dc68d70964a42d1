#include "run/proxy_recorder.h"

#include <nlohmann/json.hpp>

#include "loop/loop.h"

namespace faultline::run {

void ProxyRecorder::acted(const stream::Action& action) {
  if (Journal::Producer* journal = journal_) {
    nlohmann::ordered_json record = {{"fault", action.rule},
                                     {"dependency", dependency_},
                                     {"connection", action.connection},
                                     {"effect", action.effect}};
    if (!action.operation.empty()) {
      record["operation"] = action.operation;
      record["edge"] = action.edge;
      record["cause"] = action.cause;
      record["known"] = action.known;
      record["nth"] = action.nth;
      if (action.by_order) {
        record["by_order"] = true;
      }
    }
    journal->write("decision", monotonic_now(), record);
  }
}

void ProxyRecorder::did_not_fit(const stream::Action& action) {
  if (Journal::Producer* journal = journal_) {
    journal->write("log", monotonic_now(),
                   {{"what", "not applicable"},
                    {"dependency", dependency_},
                    {"connection", action.connection},
                    {"fault", action.rule},
                    {"operation", action.operation},
                    {"cause", action.cause},
                    {"nth", action.nth},
                    {"reason", "the message is longer than 64 KiB"}});
  }
}

void ProxyRecorder::passed(const stream::FaultPoint& point) {
  const Instant now = monotonic_now();
  if (Journal::Producer* journal = journal_; journal && now >= start_ && !ended_) {
    journal->write("fault_point", now,
                   {{"dependency", dependency_},
                    {"operation", point.operation},
                    {"cause", point.cause},
                    {"known", point.known},
                    {"nth", point.nth}});
  }
}

void ProxyRecorder::unframed(std::uint64_t connection, std::string_view reason, bool handed_through) {
  if (Journal::Producer* journal = journal_) {
    journal->write("log", monotonic_now(),
                   {{"what", handed_through ? "handed through" : "not framed"},
                    {"dependency", dependency_},
                    {"connection", connection},
                    {"reason", reason}});
  }
}

ProxyRecorder& ProxyRecorders::of(const std::string& dependency) {
  auto& recorder = recorders_[dependency];
  if (!recorder) {
    recorder = std::make_unique<ProxyRecorder>(dependency);
  }
  return *recorder;
}

void ProxyRecorders::begin(Journal& journal, Instant start) {
  for (auto& [dependency, recorder] : recorders_) {
    recorder->begin(journal, start);
  }
}

void ProxyRecorders::end() {
  for (auto& [dependency, recorder] : recorders_) {
    recorder->end();
  }
}

}  // namespace faultline::run
