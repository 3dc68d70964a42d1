#pragma once
// The World of a real run: Redis and SQL through the proxies as the service would, HTTP to the service
// itself.

#include <map>
#include <mutex>

#include "loop/stop.h"
#include "run/environment.h"
#include "run/rules.h"
#include "steps/world.h"

namespace faultline::run {

class LiveWorld final : public steps::World {
 public:
  LiveWorld(Environment& environment, Rules& rules, const Stop& stop);

  steps::Answer redis(const std::vector<std::string>& command, Duration limit) override;
  steps::Answer sql(const std::string& statement, Duration limit) override;
  steps::Answer http(const steps::Request& request, Duration limit) override;
  steps::Answer run(const std::vector<std::string>& command, Duration limit) override;
  steps::Answer begin(const std::vector<std::string>& command) override;
  std::string log(const std::string& process) override;
  void restart(const std::string& process, const steps::Changes& changes) override {
    environment_.restart(process, changes);
  }
  steps::Answer stop(const std::string& process, Duration grace) override;
  void signal(const std::string& process, int number) override { environment_.signal(process, number); }
  void delete_data(const std::string& process) override { environment_.delete_data(process); }
  steps::Answer dump(const std::string& process, Duration limit) override;
  steps::Answer restore(const std::string& process, Duration limit) override;
  void fill_disk(const std::string& process, std::optional<std::uint64_t> free) override {
    environment_.fill_disk(process, free);
  }
  void lift(const std::string& fault) override { rules_.lift(fault); }
  Instant now() const override;
  bool pause(Duration duration) override;

  /// A phase begins: `log` gives what is written from here on.
  void mark_logs();

 private:
  Environment& environment_;
  Rules& rules_;
  const Stop& stop_;
  std::mutex mutex_;
  std::map<std::string, std::uintmax_t> marks_;  // log -> its size when the phase began
};

}  // namespace faultline::run
