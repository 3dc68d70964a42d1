#pragma once
// The journal of a run: everything that happened, one JSON object a line, appended as it happens.
//
//   {"kind":"phase","by":"timeline","n":3,"t":10.000214,"phase":"incident"}
//
// `by` and `n` are the record's identity: the n-th that this producer wrote. `t` is when it was observed, in
// seconds since the run began, and is apart from the identity since two runs never agree about it.
//
// Producers live on different threads. Each hands finished lines to one writer thread through a list without
// a lock; the lines of one producer stay in order, those of different producers come as they arrive. A batch
// is written with one write(2), so after a SIGKILL the file holds every batch up to the cut, and at worst one
// torn line at its end, which read_journal drops and reports.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/clock.h"

namespace faultline {

class Journal {
 public:
  /// Creates the file (it must not exist) and starts the writer. `t` counts from `origin`.
  /// Throws EnvironmentError when the file cannot be created.
  Journal(const std::filesystem::path& path, Instant origin);
  /// Writes what is left and closes the file.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// One source of records, used by one thread at a time.
  class Producer {
   public:
    /// `fields` is an object; kind, by, n and t are put before its members.
    void write(std::string_view kind, Instant observed, const nlohmann::ordered_json& fields);

   private:
    friend class Journal;
    Producer(Journal& journal, std::string name) : journal_(journal), name_(std::move(name)) {}
    Journal& journal_;
    std::string name_;
    std::uint64_t n_ = 0;
  };

  /// The producer of that name, made on the first call; it lives as long as the journal. From any thread.
  Producer& producer(const std::string& name);

  /// Returns when everything handed over before the call is in the file.
  void flush();

  /// Set when a write failed (the disk is full): what it was. Later records are dropped.
  std::string failure() const;

  Instant origin() const { return origin_; }

 private:
  struct Line;
  void push(std::string line);
  void run();
  void write_batch(Line* newest);

  const Instant origin_;
  int file_ = -1;
  std::atomic<Line*> newest_{nullptr};
  std::atomic<std::uint64_t> pushed_{0}, written_{0};
  std::atomic<bool> closing_{false};
  mutable std::mutex mutex_;  // guards producers_ and failure_
  std::vector<std::unique_ptr<Producer>> producers_;
  std::string failure_;
  std::thread writer_;
};

struct JournalText {
  std::vector<nlohmann::ordered_json> records;  // as written
  bool torn = false;                            // the last line was cut short, and left out
};

/// Throws EnvironmentError when the file cannot be read, or when a line other than the last is not JSON.
JournalText read_journal(const std::filesystem::path& path);

}  // namespace faultline
