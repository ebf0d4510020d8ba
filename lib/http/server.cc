#include "http/server.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <httplib.h>
#include <unistd.h>

#include "http/connection_threads.h"
#include "http/header_fields.h"
#include "http/server_connection.h"

namespace owpool::http {
namespace {

// cpp-httplib has 5 compiled in: a burst of clients would be turned away.
constexpr int kBacklog = 512;
constexpr std::chrono::milliseconds kReopenInterval{100};

// cpp-httplib makes and destroys a task queue whenever it listens; the threads last longer.
class TaskQueue : public httplib::TaskQueue {
 public:
  explicit TaskQueue(ConnectionThreads& threads) : threads_(threads) {}
  void enqueue(std::function<void()> task) override { threads_.run(std::move(task)); }
  void shutdown() override {}

 private:
  ConnectionThreads& threads_;
};

// cpp-httplib listens and accepts; what happens on a connection is ours, since its own
// reader bounds neither lines nor headers nor chunks nor time (library trap list).
class Listener : public httplib::Server {
 public:
  Listener(const Service& service, IdleConnections& idle, ConnectionThreads& threads)
      : service_(service), idle_(idle) {
    new_task_queue = [&threads] { return new TaskQueue(threads); };
    // By default it sets SO_REUSEPORT, with which two servers share a port unnoticed.
    set_socket_options([](socket_t sock) {
      const int on = 1;
      ::setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    });
    set_tcp_nodelay(true);
  }

  // The port, or -1 with errno.
  int open(const std::string& address, int port) {
    errno = 0;
    if (port == 0) {
      port = bind_to_any_port(address);
    } else if (!bind_to_port(address, port)) {
      port = -1;
    }
    if (port > 0) ::listen(svr_sock_, kBacklog);
    return port;
  }

  // After open(), instead of listen_after_bind().
  void closeUnused() { ::close(svr_sock_.exchange(INVALID_SOCKET)); }

  // Makes listen_after_bind() close the socket and return. Not httplib's stop(), which
  // closes it under the feet of the accepting thread.
  void wakeAcceptor() { ::shutdown(svr_sock_, SHUT_RDWR); }

 private:
  bool process_and_close_socket(socket_t sock) override {
    // Its accept() leaves this out, and we are a program that starts others.
    ::fcntl(sock, F_SETFD, FD_CLOEXEC);
    const int on = 1;
    ::setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    ServerConnection(sock, service_, idle_).run();
    ::close(sock);
    return true;
  }

  const Service& service_;
  IdleConnections& idle_;
};

}  // namespace

std::optional<std::string> Request::header(std::string_view name) const {
  const std::string* value = findHeader(headers, name);
  if (value == nullptr) return std::nullopt;
  return *value;
}

class Server::Impl {
 public:
  Impl(ServerLimits limits, Handler handler, ErrorHandler on_error, BodyLimit body_limit)
      : threads_(std::max(1, limits.connections_max)),
        service_{limits, std::move(handler), std::move(on_error), std::move(body_limit),
                 [this] { return threads_.full(); }},
        listener_(service_, idle_, threads_) {}

  ~Impl() { stop(); }

  absl::StatusOr<int> start(const std::string& address, int port) {
    if (acceptor_.joinable() || idle_.stopping())
      return absl::FailedPreconditionError("the server was started before");
    const int bound = listener_.open(address, port);
    if (bound <= 0) {
      const int error = errno;
      return absl::UnavailableError(
          fmt::format("cannot listen on {}:{}: {}", address, port,
                      error != 0 ? std::generic_category().message(error) : "no such address"));
    }
    try {
      acceptor_ = std::thread([this, address, bound] { accept(address, bound); });
    } catch (const std::system_error& error) {
      listener_.closeUnused();
      return absl::ResourceExhaustedError(error.what());
    }
    return bound;
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_ && open_) listener_.wakeAcceptor();
      stopping_ = true;
    }
    stop_requested_.notify_all();
    idle_.stop();
    threads_.unblock();
    const std::lock_guard lock(join_mutex_);
    if (acceptor_.joinable()) acceptor_.join();
    threads_.stop();
  }

 private:
  // cpp-httplib gives its socket up when accept() fails for a reason that it does not
  // know, such as a lack of memory: then it is opened again.
  void accept(const std::string& address, int port) {
    for (;;) {
      listener_.listen_after_bind();
      std::unique_lock lock(mutex_);
      open_ = false;
      while (!stopping_ && !open_) {
        stop_requested_.wait_for(lock, kReopenInterval, [&] { return stopping_; });
        if (!stopping_) open_ = listener_.open(address, port) > 0;
      }
      if (stopping_) return;
    }
  }

  ConnectionThreads threads_;
  IdleConnections idle_;
  Service service_;
  Listener listener_;

  std::mutex mutex_;
  bool stopping_ = false;
  bool open_ = true;  // The listening socket.
  std::condition_variable stop_requested_;
  std::mutex join_mutex_;
  std::thread acceptor_;
};

Server::Server(ServerLimits limits, Handler handler, ErrorHandler on_error, BodyLimit body_limit)
    : impl_(std::make_unique<Impl>(limits, std::move(handler), std::move(on_error),
                                   std::move(body_limit))) {}

Server::~Server() = default;

absl::StatusOr<int> Server::start(const std::string& address, int port) {
  return impl_->start(address, port);
}

void Server::stop() { impl_->stop(); }

}  // namespace owpool::http
