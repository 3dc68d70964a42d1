#pragma once
// Burn rates, and the alerts that are raised by them: pairs of windows as in "The Site Reliability Workbook", chapter 5,
// section 6 ("Multiwindow, Multi-Burn-Rate Alerts"), over the events of one run. Pure.
//
// The rate of a window at an instant t is the share of bad events among those that were due in (t - window, t], divided by
// the share that the target allows: at 1 a month's budget is spent in exactly a month. What the run has of a window that
// reaches before its start counts as it is. An alert fires while both windows of its pair are at the threshold or above:
// the long one says that it matters, the short one that it still goes on.
//
// It is looked at whenever an event is due, after it (and those that are due at the same instant) has been counted. Between
// two events a window only forgets, and nobody is served worse for that.
//
// What is too little to tell. The classic trouble of few events is that one bad one alone is a rate that rings: at 99.9% the
// first request of a run, when it fails, is a rate of 1,000. So a pair is looked at only while the long window holds so many
// events that a single bad one among them stays below the threshold; at 99.9% and 14.4 these are 70. A fixed number of
// samples would be too many for a target of 95% and too few for one of 99.99%. There is no such rule for the short window:
// it never rings alone, and with few events in it an alert only ends sooner or later by as many. A pair that is never
// looked at is left out, and says why; so is one whose short window is longer than the run, and one whose threshold the
// target leaves out of reach: with 90% of the events good the rate is never above 10.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/time.h"
#include "core/units.h"

namespace faultline::slo {

struct Event {
  Duration at{};  // when it was due, since the start of the run
  bool bad = false;
};

struct WindowPair {
  double threshold = 0;
  Duration long_window{}, short_window{};  // as they are in production
};

/// In a month of 30 days: 2% of its budget in an hour, 5% in six hours, 10% in three days.
inline constexpr WindowPair kWindowPairs[] = {
    {14.4, std::chrono::hours(1), std::chrono::minutes(5)},
    {6, std::chrono::hours(6), std::chrono::minutes(30)},
    {1, std::chrono::hours(72), std::chrono::hours(6)},
};

struct Burn {
  WindowPair windows;
  Duration long_in_run{}, short_in_run{};   // divided by the scale
  std::optional<double> peak;               // the highest rate that both windows had at once
  std::optional<Duration> fired_at, until;  // the first instant at which it fired, and the last
  std::string left_out;                     // why there is no peak
};

/// The share of events that may be bad.
double allowed_share(Ratio target);

/// Whether a rate is at a threshold: 1 - 0.999 is a little more than 0.001, and a rate of exactly 14.4 comes out a little
/// below it for that.
bool reaches(double rate, double threshold);

/// The rate of one window at one instant; nothing where no event was due in it. `events` by time, ascending.
std::optional<double> burn_rate(std::span<const Event> events, Ratio target, Duration window, Duration at);

/// Every pair, in one pass over the events each. `events` by time, ascending; `target` is below 1; `scale` is by how much
/// windows are shorter in the run than in production.
std::vector<Burn> burns(std::span<const Event> events, Ratio target, Duration length, double scale);

}  // namespace faultline::slo
