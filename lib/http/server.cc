#include "http/server.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <httplib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/client_waits.h"
#include "http/connection_threads.h"
#include "http/header_fields.h"
#include "http/server_connection.h"

namespace owpool::http {
namespace {

// cpp-httplib has 5 compiled in: a burst of clients would be turned away.
constexpr int kBacklog = 512;
// How long to leave a lack of descriptors or memory alone.
constexpr std::chrono::milliseconds kLackInterval{50};
// See ClientWaits.
constexpr std::chrono::milliseconds kPatience{500};

// cpp-httplib finds the address and binds; what happens to a connection is ours, since its
// own server bounds neither lines nor headers nor chunks nor time, and gives its socket up
// when accept() fails in a way that it does not know.
class Listener : public httplib::Server {
 public:
  Listener() {
    // By default it sets SO_REUSEPORT, with which two servers share a port unnoticed.
    set_socket_options([](socket_t sock) {
      const int on = 1;
      ::setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    });
  }
  ~Listener() override { close(); }

  // False with errno. The mode is the socket's before it has a name, so that there is no
  // moment in which others could connect.
  bool openUnix(const std::string& path) {
    set_address_family(AF_UNIX);
    set_socket_options([](socket_t sock) {
      ::fcntl(sock, F_SETFD, FD_CLOEXEC);
      ::fchmod(sock, S_IRUSR | S_IWUSR);
    });
    errno = 0;
    constexpr int kUnusedPort = 1;  // 0 would make it ask for the socket's port.
    const bool opened = bind_to_port(path, kUnusedPort);
    if (opened) ::listen(svr_sock_, kBacklog);
    return opened;
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

  // A connection, or -1 with errno.
  int accept() {
    // We are a program that starts others, which shall not have it.
    const int fd = ::accept4(svr_sock_, nullptr, nullptr, SOCK_CLOEXEC);
    const int on = 1;
    if (fd >= 0) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
  }

  // Makes accept() return, now and from now on.
  void wakeAcceptor() { ::shutdown(svr_sock_, SHUT_RDWR); }

  void close() {
    const int fd = svr_sock_.exchange(INVALID_SOCKET);
    if (fd != INVALID_SOCKET) ::close(fd);
  }
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
      : threads_(std::max(1, limits.connections_max), [this] { waits_.closeLongest(); }),
        bodies_(std::max(limits.large_bodies_max, limits.body_max).count()),
        service_{limits, std::move(handler), std::move(on_error), std::move(body_limit),
                 [this] { return close_after_answers_ || threads_.crowded(); }, bodies_} {}

  ~Impl() { stop(); }

  absl::StatusOr<int> start(const std::string& address, int port) {
    if (acceptor_.joinable() || waits_.stopping())
      return absl::FailedPreconditionError("the server was started before");
    const int bound = listener_.open(address, port);
    if (bound <= 0) {
      const int error = errno;
      return absl::UnavailableError(
          fmt::format("cannot listen on {}:{}: {}", address, port,
                      error != 0 ? std::generic_category().message(error) : "no such address"));
    }
    if (const auto status = startAccepting(); !status.ok()) return status;
    return bound;
  }

  absl::Status startUnix(const std::string& path) {
    if (acceptor_.joinable() || waits_.stopping())
      return absl::FailedPreconditionError("the server was started before");
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
      return absl::InvalidArgumentError(
          fmt::format("the path of a socket may have {} characters, not {}: {}",
                      sizeof(sockaddr_un::sun_path) - 1, path.size(), path));
    }
    if (!listener_.openUnix(path)) {
      return absl::UnavailableError(fmt::format("cannot listen on {}: {}", path,
                                                std::generic_category().message(errno)));
    }
    unix_path_ = path;
    return startAccepting();
  }

  void closeAfterAnswers() { close_after_answers_ = true; }
  bool isCrowded() const { return threads_.crowded(); }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_ && acceptor_.joinable()) listener_.wakeAcceptor();
      stopping_ = true;
    }
    stop_requested_.notify_all();
    waits_.stop();
    threads_.unblock();
    const std::lock_guard lock(join_mutex_);
    if (acceptor_.joinable()) acceptor_.join();
    listener_.close();
    threads_.stop();
    if (!unix_path_.empty()) ::unlink(std::exchange(unix_path_, "").c_str());
  }

 private:
  absl::Status startAccepting() {
    try {
      acceptor_ = std::thread([this] { acceptAll(); });
    } catch (const std::system_error& error) {
      listener_.close();
      return absl::ResourceExhaustedError(error.what());
    }
    return absl::OkStatus();
  }

  void acceptAll() {
    for (;;) {
      const int fd = listener_.accept();
      const int error = errno;
      std::unique_lock lock(mutex_);
      if (stopping_) {
        if (fd >= 0) ::close(fd);
        return;
      }
      if (fd >= 0) {
        lock.unlock();
        threads_.run([this, fd] {
          ServerConnection(fd, service_, waits_).run();
          ::close(fd);
        });
        continue;
      }
      // Most likely all descriptors are in use. The connection waits in the backlog
      // meanwhile; what can be given up for it is given up.
      if (error == EMFILE || error == ENFILE) waits_.closeLongest();
      stop_requested_.wait_for(lock, kLackInterval, [&] { return stopping_; });
    }
  }

  ClientWaits waits_{kPatience};
  ConnectionThreads threads_;
  std::atomic<bool> close_after_answers_{false};
  BodyBudget bodies_;
  Service service_;
  Listener listener_;
  std::string unix_path_;  // Of the socket that stop() removes. Set before acceptor_ starts.

  std::mutex mutex_;
  bool stopping_ = false;
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

absl::Status Server::startUnix(const std::string& path) { return impl_->startUnix(path); }

void Server::closeAfterAnswers() { impl_->closeAfterAnswers(); }

bool Server::isCrowded() const { return impl_->isCrowded(); }

void Server::stop() { impl_->stop(); }

}  // namespace owpool::http
