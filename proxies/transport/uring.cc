#include "transport/uring.h"

#include <liburing.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "loop/loop.h"
#include "loop/timers.h"

namespace faultline::transport {
namespace {

constexpr unsigned kSubmissions = 1'024, kCompletions = 4'096;
// Buffers that the kernel picks from: many small ones for messages, which one multishot receive fills as they come, and
// a few large ones for a stream in bulk, which is received piece by piece, so that it can be held back. The kernel takes
// them in turn, so no more than a cache holds; who finds none tries again in the next turn of the loop. Counts are powers
// of two.
constexpr unsigned kSmallBuffers = 128, kLargeBuffers = 4;
constexpr std::size_t kSmallBytes = 4 * 1024, kLargeBytes = 64 * 1024;
// A write of this size is not worth a copy: it is tried at once.
constexpr std::size_t kDirectBytes = 8 * 1024;
// What one connection takes before what it took earlier is sent. Below what malloc would map anew each time.
constexpr std::size_t kOutBytes = 60 * 1024;
// Memory that an idle connection may keep.
constexpr std::size_t kKeptBytes = 4 * 1024;
// Of accepting, when the program is out of file descriptors.
constexpr Duration kRetry = std::chrono::milliseconds(50);

class Uring;

// An operation that the kernel was given. It stays where it is until its last completion.
struct Op {
  Op() = default;
  Op(const Op&) = delete;
  Op& operator=(const Op&) = delete;
  virtual ~Op() = default;
  virtual void completed(int result, unsigned flags) = 0;
  bool in_flight = false;
};

// An object with operations in flight is kept alive by them.
template <typename T>
class Flying : public std::enable_shared_from_this<T> {
 protected:
  void took_off() {
    if (flying_++ == 0) {
      self_ = this->shared_from_this();
    }
  }
  // The last landing lets go of the object: nothing of it may be used after that, unless the caller holds the result.
  [[nodiscard]] std::shared_ptr<T> landed() {
    assert(flying_ > 0);
    return --flying_ == 0 ? std::move(self_) : std::shared_ptr<T>();
  }

 private:
  std::size_t flying_ = 0;
  std::shared_ptr<T> self_;
};

// A group of buffers.
class Buffers {
 public:
  Buffers(int group, unsigned count, std::size_t bytes)
      : group_(group), count_(count), bytes_(bytes), memory_(count * bytes) {}
  ~Buffers() { free(ring_); }
  Buffers(const Buffers&) = delete;
  Buffers& operator=(const Buffers&) = delete;

  /// What went wrong; empty when nothing did.
  std::string register_with(io_uring& ring);

  int group() const { return group_; }
  /// The bytes that the kernel put into a buffer of ours.
  std::span<const char> filled(unsigned flags, int size) const {
    return {memory_.data() + id(flags) * bytes_, static_cast<std::size_t>(size)};
  }
  void give_back(unsigned flags);

 private:
  static unsigned id(unsigned flags) { return flags >> IORING_CQE_BUFFER_SHIFT; }
  void add(unsigned id, int offset) {
    io_uring_buf_ring_add(ring_, memory_.data() + id * bytes_, static_cast<unsigned>(bytes_),
                          static_cast<unsigned short>(id), io_uring_buf_ring_mask(count_), offset);
  }

  const int group_;
  const unsigned count_;
  const std::size_t bytes_;
  std::vector<char> memory_;
  io_uring_buf_ring* ring_ = nullptr;
};

std::string Buffers::register_with(io_uring& ring) {
  void* memory = nullptr;
  if (posix_memalign(&memory, static_cast<std::size_t>(sysconf(_SC_PAGESIZE)),
                     count_ * sizeof(io_uring_buf)) != 0) {
    return "no memory";
  }
  ring_ = static_cast<io_uring_buf_ring*>(memory);
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(ring_);
  registration.ring_entries = count_;
  registration.bgid = static_cast<unsigned short>(group_);
  if (const int error = io_uring_register_buf_ring(&ring, &registration, 0); error < 0) {
    return std::string("io_uring_register_buf_ring: ") + std::strerror(-error);
  }
  io_uring_buf_ring_init(ring_);
  for (unsigned i = 0; i < count_; ++i) {
    add(i, static_cast<int>(i));
  }
  io_uring_buf_ring_advance(ring_, static_cast<int>(count_));
  return {};
}

void Buffers::give_back(unsigned flags) {
  add(id(flags), 0);
  io_uring_buf_ring_advance(ring_, 1);
}

// A member function as an operation.
template <typename T>
class MemberOp final : public Op {
 public:
  MemberOp(T& of, void (T::*call)(int, unsigned)) : of_(of), call_(call) {}
  void completed(int result, unsigned flags) override { (of_.*call_)(result, flags); }

 private:
  T& of_;
  void (T::*const call_)(int, unsigned);
};

class Stream final : public Flying<Stream> {
 public:
  Stream(Uring& uring, Fd socket, Events& events)
      : uring_(uring), socket_(std::move(socket)), events_(&events) {}

  void read(bool on);
  std::size_t write(std::span<const char> bytes);
  void finish();
  void reset();
  void close();
  /// What was asked for since the last turn of the loop.
  void settle();

 private:
  void receive();
  void received(int result, unsigned flags);
  void sent(int result, unsigned flags);
  void take(std::span<const char> bytes);
  void give_early();
  void tell_end();
  void wish();
  void send_more();
  void send_at_last();
  void when_all_is_sent();
  void release();

  Uring& uring_;
  Fd socket_;
  Events* events_;  // null once the owner has let go
  MemberOp<Stream> receive_{*this, &Stream::received}, send_{*this, &Stream::sent};
  bool wished_ = false;         // settle() is to come
  bool reading_ = false;        // as the owner wants it
  bool cancelling_ = false;     // the receive
  bool bulk_ = false;           // it comes in pieces that fill a buffer
  Buffers* buffers_ = nullptr;  // of the receive in flight
  std::string early_;           // came while reading was off
  bool ended_ = false, reset_ = false, told_end_ = false;
  std::string out_;         // to be sent
  std::string flying_out_;  // being sent
  std::size_t sent_ = 0;    // of that
  bool wants_room_ = false;
  bool broken_ = false, told_broken_ = false;
  bool finishing_ = false, finished_ = false;
  bool closing_ = false;
};

class UringConnection final : public Connection {
 public:
  explicit UringConnection(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  ~UringConnection() override { stream_->close(); }
  void read(bool on) override { stream_->read(on); }
  std::size_t write(std::span<const char> bytes) override { return stream_->write(bytes); }
  void finish() override { stream_->finish(); }
  void reset() override { stream_->reset(); }

 private:
  const std::shared_ptr<Stream> stream_;
};

class Accepting final : public Flying<Accepting> {
 public:
  Accepting(Uring& uring, Fd listening, std::function<void(Fd)> accepted);
  void start();
  void close();

 private:
  void accepted(int result, unsigned flags);

  Uring& uring_;
  Fd listening_;
  std::function<void(Fd)> tell_;
  Timer retry_;
  MemberOp<Accepting> accept_{*this, &Accepting::accepted};
};

class Connecting final : public Flying<Connecting> {
 public:
  Connecting(Uring& uring, Fd socket, const Endpoint& to, std::function<void(Fd, int)> connected)
      : uring_(uring), socket_(std::move(socket)), to_(to), tell_(std::move(connected)) {}
  void start();
  void close();

 private:
  void connected(int result, unsigned flags);

  Uring& uring_;
  Fd socket_;
  const Endpoint to_;
  std::function<void(Fd, int)> tell_;
  MemberOp<Connecting> connect_{*this, &Connecting::connected};
};

// An accept or a connect, until its owner lets go.
template <typename T>
class UringOngoing final : public Ongoing {
 public:
  explicit UringOngoing(std::shared_ptr<T> what) : what_(std::move(what)) {}
  ~UringOngoing() override { what_->close(); }

 private:
  const std::shared_ptr<T> what_;
};

class Uring final : public Transport {
 public:
  Uring() = default;
  ~Uring() override;

  /// Why it cannot be had; empty when it runs.
  std::string start(const std::string& name);

  Clock& clock() override { return clock_; }
  void post(std::function<void()> what) override;
  bool on_this_thread() const override { return std::this_thread::get_id() == thread_.get_id(); }
  std::unique_ptr<Connection> adopt(Fd socket, Events& events) override {
    return std::make_unique<UringConnection>(std::make_shared<Stream>(*this, std::move(socket), events));
  }
  std::unique_ptr<Ongoing> accept(Fd listening, std::function<void(Fd)> accepted) override {
    auto accepting = std::make_shared<Accepting>(*this, std::move(listening), std::move(accepted));
    accepting->start();
    return std::make_unique<UringOngoing<Accepting>>(std::move(accepting));
  }
  std::unique_ptr<Ongoing> connect(Fd socket, const Endpoint& to,
                                   std::function<void(Fd, int)> connected) override {
    auto connecting = std::make_shared<Connecting>(*this, std::move(socket), to, std::move(connected));
    connecting->start();
    return std::make_unique<UringOngoing<Connecting>>(std::move(connecting));
  }
  std::string name() const override { return "uring"; }

  // For what lives on it.

  /// An entry for this operation; the caller fills in what it does.
  io_uring_sqe* entry(Op& op);
  void cancel(Op& op);
  Buffers& small() { return small_; }
  Buffers& large() { return large_; }
  /// settle() is called before the loop waits.
  void settle_later(std::shared_ptr<Stream> stream) { to_settle_.push_back(std::move(stream)); }

 private:
  class UringClock final : public Clock {
   public:
    Instant now() const override { return monotonic_now(); }
    TimerId call_at(Instant when, std::function<void()> what) override {
      return timers.add(when, std::move(what));
    }
    void cancel(TimerId id) override { timers.remove(id); }
    Timers timers;
  };

  std::string open();
  void close();
  void loop();
  bool run_posted();
  void settle_all();
  void wait();
  void complete();
  void land_all();
  void woken(int result, unsigned flags);
  void watch_for_posts();
  io_uring_sqe* free_entry();

  std::thread thread_;
  UringClock clock_;
  io_uring ring_{};
  Buffers small_{0, kSmallBuffers, kSmallBytes}, large_{1, kLargeBuffers, kLargeBytes};
  std::vector<std::shared_ptr<Stream>> to_settle_;
  std::size_t in_flight_ = 0;  // operations
  bool ending_ = false;

  std::mutex mutex_;  // over the two below
  std::vector<std::function<void()>> posted_;
  bool stopping_ = false;
  Fd wake_;
  std::uint64_t wakes_ = 0;  // read from `wake_`
  MemberOp<Uring> wake_op_{*this, &Uring::woken};
};

// Stream

void Stream::wish() {
  if (!std::exchange(wished_, true)) {
    uring_.settle_later(shared_from_this());
  }
}

void Stream::read(bool on) {
  if (reading_ != on) {
    reading_ = on;
    wish();
  }
}

std::size_t Stream::write(std::span<const char> bytes) {
  if (broken_) {
    return bytes.size();
  }
  std::size_t taken = 0;
  if (bytes.size() >= kDirectBytes && !send_.in_flight && out_.empty() && sent_ == flying_out_.size()) {
    taken = static_cast<std::size_t>(
        std::max<ssize_t>(0, send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT)));
    bytes = bytes.subspan(taken);
  }
  const std::size_t room = kOutBytes - std::min(kOutBytes, out_.size());
  const std::size_t kept = std::min(room, bytes.size());
  if (out_.size() + kept > kKeptBytes) {
    out_.reserve(kOutBytes);
  }
  out_.append(bytes.data(), kept);
  taken += kept;
  if (kept > 0 && !send_.in_flight) {
    wish();
  }
  wants_room_ = wants_room_ || kept < bytes.size();
  return taken;
}

void Stream::finish() {
  finishing_ = true;
  wish();
}

// Disconnecting sends the reset at once; a close would wait until the kernel has let go of what is in flight.
void Stream::reset() {
  if (socket_) {
    send_at_last();
    sockaddr nowhere{};
    nowhere.sa_family = AF_UNSPEC;
    (void)::connect(socket_.get(), &nowhere, sizeof nowhere);
  }
  broken_ = true;
  out_.clear();
  close();
}

// What was written in this turn goes out before the reset, as far as the kernel takes it.
void Stream::send_at_last() {
  if (send_.in_flight || broken_) {
    return;
  }
  const std::string_view flying = std::string_view(flying_out_).substr(sent_);
  if (flying.empty() || ::send(socket_.get(), flying.data(), flying.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
                            static_cast<ssize_t>(flying.size())) {
    (void)::send(socket_.get(), out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
}

void Stream::close() {
  events_ = nullptr;
  closing_ = true;
  wish();
}

void Stream::settle() {
  wished_ = false;
  if (events_) {
    give_early();
  }
  if (events_ && broken_ && !std::exchange(told_broken_, true)) {
    events_->on_broken();
  }
  const bool wanted = events_ && reading_ && !ended_;
  if (wanted && !receive_.in_flight) {
    receive();
  } else if (!wanted && receive_.in_flight && !std::exchange(cancelling_, true)) {
    uring_.cancel(receive_);
  }
  send_more();
  when_all_is_sent();
}

void Stream::receive() {
  io_uring_sqe* entry = uring_.entry(receive_);
  if (bulk_) {
    io_uring_prep_recv(entry, socket_.get(), nullptr, kLargeBytes, 0);
  } else {
    io_uring_prep_recv_multishot(entry, socket_.get(), nullptr, 0, 0);
  }
  buffers_ = bulk_ ? &uring_.large() : &uring_.small();
  entry->flags |= IOSQE_BUFFER_SELECT;
  entry->buf_group = static_cast<unsigned short>(buffers_->group());
  took_off();
}

void Stream::received(int result, unsigned flags) {
  const std::shared_ptr<Stream> self = shared_from_this();
  std::shared_ptr<Stream> last;
  if ((flags & IORING_CQE_F_MORE) == 0) {
    receive_.in_flight = cancelling_ = false;
    last = landed();
  }
  if (result > 0) {
    const auto size = static_cast<std::size_t>(result);
    bulk_ = bulk_ ? size >= kSmallBytes : size == kSmallBytes;
    take(buffers_->filled(flags, result));
    buffers_->give_back(flags);
    if (bulk_ && receive_.in_flight && buffers_ == &uring_.small() && !std::exchange(cancelling_, true)) {
      uring_.cancel(receive_);
    }
  } else if (result == 0 || (result != -ENOBUFS && result != -ECANCELED && result != -EINTR)) {
    ended_ = true;
    reset_ = result < 0;
    tell_end();
  }
  if (!receive_.in_flight) {
    wish();
  }
}

void Stream::take(std::span<const char> bytes) {
  if (events_ && reading_ && early_.empty()) {
    events_->on_bytes(bytes);
  } else if (!closing_) {
    early_.append(bytes.data(), bytes.size());
  }
}

void Stream::give_early() {
  if (!early_.empty()) {
    const std::string bytes = std::exchange(early_, {});
    std::size_t given = 0;
    while (events_ && reading_ && given < bytes.size()) {
      const std::size_t size = std::min(kLargeBytes, bytes.size() - given);
      events_->on_bytes(std::span(bytes).subspan(given, size));
      given += size;
    }
    early_.insert(0, bytes, given);
  }
  tell_end();
}

void Stream::tell_end() {
  if (events_ && reading_ && ended_ && early_.empty() && !std::exchange(told_end_, true)) {
    events_->on_end(reset_);
  }
}

void Stream::send_more() {
  if (send_.in_flight || broken_) {
    return;
  }
  if (sent_ == flying_out_.size()) {
    if (out_.empty()) {
      return;
    }
    flying_out_.clear();
    flying_out_.swap(out_);
    sent_ = 0;
  }
  io_uring_sqe* entry = uring_.entry(send_);
  io_uring_prep_send(entry, socket_.get(), flying_out_.data() + sent_, flying_out_.size() - sent_,
                     MSG_NOSIGNAL | MSG_WAITALL);
  took_off();
}

void Stream::sent(int result, unsigned /*flags*/) {
  const std::shared_ptr<Stream> self = shared_from_this();
  send_.in_flight = false;
  const std::shared_ptr<Stream> last = landed();
  if (result < 0 && result != -EINTR && result != -EAGAIN) {
    broken_ = true;
    out_.clear();
  } else if (result > 0) {
    sent_ += static_cast<std::size_t>(result);
  }
  if (broken_ || sent_ == flying_out_.size()) {
    sent_ = 0;
    flying_out_.clear();
    if (out_.empty()) {
      for (std::string* memory : {&flying_out_, &out_}) {
        if (memory->capacity() > kKeptBytes) {
          *memory = {};
        }
      }
    }
  }
  if (events_ && !broken_ && std::exchange(wants_room_, false)) {
    events_->on_writable();
  }
  wish();
}

void Stream::when_all_is_sent() {
  if (send_.in_flight || (!out_.empty() && !broken_)) {
    return;
  }
  if (finishing_ && !std::exchange(finished_, true)) {
    shutdown(socket_.get(), SHUT_WR);
  }
  if (closing_) {
    socket_ = {};  // the receive, cancelled, lets go of it too
  }
}

// Accepting and connecting

Accepting::Accepting(Uring& uring, Fd listening, std::function<void(Fd)> accepted)
    : uring_(uring), listening_(std::move(listening)), tell_(std::move(accepted)), retry_(uring.clock()) {}

void Accepting::start() {
  io_uring_prep_multishot_accept(uring_.entry(accept_), listening_.get(), nullptr, nullptr,
                                 SOCK_CLOEXEC | SOCK_NONBLOCK);
  took_off();
}

void Accepting::accepted(int result, unsigned flags) {
  const std::shared_ptr<Accepting> self = shared_from_this();
  std::shared_ptr<Accepting> last;
  if ((flags & IORING_CQE_F_MORE) == 0) {
    accept_.in_flight = false;
    last = landed();
  }
  if (result >= 0) {
    Fd socket(result);
    if (tell_) {
      const auto tell = tell_;  // which may let go of this
      tell(std::move(socket));
    } else {
      close_will_reset(socket.get());
    }
  }
  if (tell_ && !accept_.in_flight) {
    if (result >= 0) {
      start();
    } else {
      retry_.call_at(uring_.clock().now() + kRetry, [weak = weak_from_this()] {
        if (const auto still = weak.lock()) {
          still->start();
        }
      });
    }
  }
}

// A listening socket that is shut down stops listening at once, whoever still holds it.
void Accepting::close() {
  tell_ = nullptr;
  retry_.cancel();
  shutdown(listening_.get(), SHUT_RDWR);
  if (accept_.in_flight) {
    uring_.cancel(accept_);
  }
  listening_ = {};
}

void Connecting::start() {
  io_uring_prep_connect(uring_.entry(connect_), socket_.get(), to_.address(), to_.size);
  took_off();
}

void Connecting::connected(int result, unsigned /*flags*/) {
  const std::shared_ptr<Connecting> self = shared_from_this();
  connect_.in_flight = false;
  const std::shared_ptr<Connecting> last = landed();
  if (const auto tell = std::exchange(tell_, nullptr)) {
    tell(result == 0 ? std::move(socket_) : Fd(), -result);
  }
}

void Connecting::close() {
  tell_ = nullptr;
  if (socket_) {
    close_will_reset(socket_.get());
  }
  if (connect_.in_flight) {
    uring_.cancel(connect_);
  }
  socket_ = {};
}

// The ring

Uring::~Uring() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    eventfd_write(wake_.get(), 1);
    thread_.join();
  }
}

std::string Uring::start(const std::string& name) {
  wake_ = Fd(eventfd(0, EFD_CLOEXEC));
  std::promise<std::string> opened;
  auto why = opened.get_future();
  // The ring belongs to the thread that makes it.
  thread_ = std::thread([this, &opened] {
    const std::string problem = open();
    opened.set_value(problem);
    if (problem.empty()) {
      loop();
    }
    close();
  });
  pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
  std::string problem = why.get();
  if (!problem.empty()) {
    thread_.join();
  }
  return problem;
}

std::string Uring::open() {
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE;
  parameters.cq_entries = kCompletions;
  if (const int error = io_uring_queue_init_params(kSubmissions, &ring_, &parameters); error < 0) {
    ring_.ring_fd = -1;
    return std::string("io_uring_setup: ") + std::strerror(-error);
  }
  std::string problem = small_.register_with(ring_);
  return problem.empty() ? large_.register_with(ring_) : problem;
}

void Uring::close() {
  if (ring_.ring_fd >= 0) {
    io_uring_queue_exit(&ring_);
  }
}

void Uring::post(std::function<void()> what) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(std::move(what));
  if (posted_.size() == 1) {
    eventfd_write(wake_.get(), 1);
  }
}

void Uring::watch_for_posts() {
  io_uring_prep_read(entry(wake_op_), wake_.get(), &wakes_, sizeof wakes_, 0);
}

void Uring::woken(int /*result*/, unsigned /*flags*/) {
  wake_op_.in_flight = false;
  if (!ending_) {
    watch_for_posts();
  }
}

// False when the loop is to end.
bool Uring::run_posted() {
  std::vector<std::function<void()>> tasks;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      return false;
    }
    tasks.swap(posted_);
  }
  for (const auto& task : tasks) {
    task();
  }
  return true;
}

void Uring::settle_all() {
  while (!to_settle_.empty()) {
    for (const auto& stream : std::exchange(to_settle_, {})) {
      stream->settle();
    }
  }
}

void Uring::loop() {
  watch_for_posts();
  while (run_posted()) {
    clock_.timers.make_due(clock_.now());
    settle_all();
    wait();
    complete();
  }
  land_all();
}

void Uring::complete() {
  unsigned head = 0, seen = 0;
  io_uring_cqe* completion = nullptr;
  io_uring_for_each_cqe(&ring_, head, completion) {
    ++seen;
    if (auto* op = static_cast<Op*>(io_uring_cqe_get_data(completion))) {
      in_flight_ -= (completion->flags & IORING_CQE_F_MORE) == 0 ? 1 : 0;
      op->completed(completion->res, completion->flags);
    }
  }
  io_uring_cq_advance(&ring_, seen);
}

// What is in flight holds memory of ours: the ring goes when all of it is back.
void Uring::land_all() {
  ending_ = true;
  while (in_flight_ > 0) {
    io_uring_sqe* entry = free_entry();
    io_uring_prep_cancel(entry, nullptr, IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL);
    io_uring_sqe_set_data(entry, nullptr);
    io_uring_submit_and_wait(&ring_, 1);
    complete();
  }
  to_settle_.clear();
}

// Submits, and waits for a completion or the next timer.
void Uring::wait() {
  io_uring_cqe* first = nullptr;
  const auto next = clock_.timers.next();
  if (!next) {
    io_uring_submit_and_wait(&ring_, 1);
    return;
  }
  const Duration left = std::max(Duration::zero(), *next - clock_.now());
  __kernel_timespec time{};
  time.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(left).count();
  time.tv_nsec = (left % std::chrono::seconds(1)).count();
  io_uring_submit_and_wait_timeout(&ring_, &first, 1, &time, nullptr);
}

io_uring_sqe* Uring::free_entry() {
  io_uring_sqe* entry = io_uring_get_sqe(&ring_);
  while (!entry) {
    io_uring_submit(&ring_);
    entry = io_uring_get_sqe(&ring_);
  }
  return entry;
}

io_uring_sqe* Uring::entry(Op& op) {
  assert(!op.in_flight);
  op.in_flight = true;
  ++in_flight_;
  io_uring_sqe* entry = free_entry();
  io_uring_sqe_set_data(entry, &op);
  return entry;
}

void Uring::cancel(Op& op) {
  io_uring_sqe* entry = free_entry();
  io_uring_prep_cancel(entry, &op, 0);
  io_uring_sqe_set_data(entry, nullptr);
}

}  // namespace

std::unique_ptr<Transport> make_uring(const std::string& name, std::string& why) {
  auto uring = std::make_unique<Uring>();
  why = uring->start(name);
  return why.empty() ? std::unique_ptr<Transport>(std::move(uring)) : nullptr;
}

}  // namespace faultline::transport
