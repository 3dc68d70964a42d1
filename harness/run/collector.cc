#include "run/collector.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "http/client.h"
#include "loop/loop.h"
#include "run/environment.h"
#include "scenario/tenants.h"

namespace faultline::run {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr Duration kBetweenLooks = std::chrono::milliseconds(200);

class Service {
 public:
  Service(const std::string& url, Duration limit) : url_(*http::parse_url(url)), limit_(limit) {}

  http::Exchange ask(const std::string& target, const std::string& tenant) const {
    http::Url url = url_;
    url.target = target;
    return http::fetch(url, {"GET", target, {{"X-API-Key", scenario::key_of(tenant)}}, {}}, limit_);
  }

  // The JSON of a 200 answer; discarded when there is none.
  json get(const std::string& target, const std::string& tenant) const {
    const http::Exchange exchange = ask(target, tenant);
    if (!exchange.answered() || exchange.response.status != 200) {
      return json(json::value_t::discarded);
    }
    return json::parse(exchange.response.body, nullptr, false);
  }

 private:
  const http::Url url_;
  const Duration limit_;
};

// The status of one execution in the answer that lists a job's; "unknown" when it is not there.
std::string status_of(const json& answer, const std::string& execution) {
  if (answer.is_object() && answer.contains("data") && answer["data"].is_array()) {
    for (const json& each : answer["data"]) {
      if (each.is_object() && each.value("id", "") == execution) {
        return each.value("status", "unknown");
      }
    }
  }
  return "unknown";
}

bool ended(const std::string& status) {
  return status == "completed" || status == "failed";
}

}  // namespace

std::vector<AcceptedRun> collect_runs(const std::string& url, const std::vector<AcceptedRun>& accepted,
                                      Journal::Producer& journal, const Stop& stop,
                                      const CollectorLimits& limits) {
  const Service service(url, limits.request);
  const Instant deadline = monotonic_now() + limits.settle;
  std::vector<std::string> statuses(accepted.size());
  for (bool waiting = true; waiting && !stop.requested();) {
    waiting = false;
    for (std::size_t i = 0; i < accepted.size() && !stop.requested(); ++i) {
      if (!ended(statuses[i])) {
        statuses[i] =
            status_of(service.get("/api/v1/jobs/" + accepted[i].job + "/executions", accepted[i].tenant),
                      accepted[i].execution);
        waiting = waiting || !ended(statuses[i]);
      }
    }
    waiting = waiting && monotonic_now() < deadline && stop.wait_until(monotonic_now() + kBetweenLooks);
  }
  std::vector<AcceptedRun> finished;
  for (std::size_t i = 0; i < accepted.size() && !stop.requested(); ++i) {
    const AcceptedRun& run = accepted[i];
    if (ended(statuses[i])) {
      finished.push_back(run);
    }
    journal.write("observation", monotonic_now(),
                  {{"of", "run"},
                   {"k", run.arrival},
                   {"phase", run.phase},
                   {"job", run.job},
                   {"execution", run.execution},
                   {"status", statuses[i]},
                   {"announced", run.announced}});
    if (statuses[i] != "completed") {
      continue;
    }
    const json report = service.get("/api/v1/reports/" + run.job + "?format=json", run.tenant);
    ordered_json fields = {{"of", "report"}, {"k", run.arrival}, {"job", run.job}};
    const json::json_pointer summary("/data/summary");
    const bool has_summary = report.is_object() && report.contains(summary) && report.at(summary).is_object();
    fields["summary"] = has_summary ? report.at(summary) : json::object();
    const auto stale = fields["summary"].find("stale");
    fields["stale"] = stale != fields["summary"].end() && *stale == true;
    journal.write("observation", monotonic_now(), fields);
  }
  return finished;
}

void collect_strangers(const std::string& url, const std::vector<AcceptedRun>& runs,
                       Journal::Producer& journal, const Stop& stop, const CollectorLimits& limits) {
  const Service service(url, limits.request);
  const auto& tenants = scenario::tenants();
  for (const AcceptedRun& run : runs) {
    const auto own = std::find_if(tenants.begin(), tenants.end(),
                                  [&](const scenario::Tenant& each) { return each.name == run.tenant; });
    const std::string& stranger = (own == tenants.begin() ? tenants.back() : tenants.front()).name;
    for (const std::string& target :
         {"/api/v1/jobs/" + run.job, "/api/v1/reports/" + run.job + "?format=json"}) {
      if (stop.requested()) {
        return;
      }
      const http::Exchange exchange = service.ask(target, stranger);
      journal.write("observation", monotonic_now(),
                    {{"of", "stranger"},
                     {"k", run.arrival},
                     {"target", target},
                     {"tenant", stranger},
                     {"status", exchange.answered() ? exchange.response.status : 0}});
    }
  }
}

void write_ledger(const ledger::Ledger& ledger, Journal::Producer& journal) {
  journal.write("observation", monotonic_now(),
                {{"of", "ledger"}, {"summary", ledger::to_json(ledger::expected_report(ledger))}});
}

}  // namespace faultline::run
