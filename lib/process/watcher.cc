#include "process/watcher.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "os/system_error.h"

namespace owpool::process {

absl::StatusOr<std::unique_ptr<Watcher>> Watcher::start() {
  os::UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  os::UniqueFd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll.valid() || !stop.valid()) return os::systemError("watching containers", errno);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = 0;
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, stop.get(), &event) != 0) {
    return os::systemError("watching containers", errno);
  }
  return std::unique_ptr<Watcher>(new Watcher(std::move(epoll), std::move(stop)));
}

Watcher::Watcher(os::UniqueFd epoll, os::UniqueFd stop)
    : epoll_(std::move(epoll)), stop_(std::move(stop)), thread_([this] { loop(); }) {}

Watcher::~Watcher() {
  const std::uint64_t one = 1;
  while (::write(stop_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
}

absl::StatusOr<Watcher::WatchId> Watcher::watch(int fd, Handler handler) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const WatchId id = next_id_++;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = id;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    return os::systemError("watching a container", errno);
  }
  watches_.emplace(id, std::make_shared<Watch>(Watch{fd, std::move(handler)}));
  return id;
}

void Watcher::unwatch(WatchId id) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (const auto found = watches_.find(id); found != watches_.end()) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, found->second->fd, nullptr);
    watches_.erase(found);
  }
  if (std::this_thread::get_id() == thread_.get_id()) return;
  idle_.wait(lock, [&] { return running_id_ != id; });
}

void Watcher::loop() {
  // The host's signal handlers are none of this thread's business.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  std::array<epoll_event, 64> events;
  for (;;) {
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const WatchId id = events[static_cast<std::size_t>(i)].data.u64;
      if (id == 0) return;
      dispatch(id);
    }
  }
}

void Watcher::dispatch(WatchId id) {
  std::shared_ptr<Watch> watch;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = watches_.find(id);
    if (found == watches_.end()) return;
    watch = found->second;
    running_id_ = id;
  }
  const bool more = watch->handler();
  if (!more) unwatch(id);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    running_id_ = 0;
  }
  idle_.notify_all();
}

}  // namespace owpool::process
