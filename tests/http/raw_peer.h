// Sockets without any manners, to talk to our server and client.
#ifndef OWPOOL_TESTS_HTTP_RAW_PEER_H_
#define OWPOOL_TESTS_HTTP_RAW_PEER_H_

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace owpool::http::testing {

// A connected socket; whatever fails shows as an early end.
class RawPeer {
 public:
  explicit RawPeer(int fd) : fd_(fd) {
    // No test hangs for longer than this.
    const timeval patience{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  }
  ~RawPeer() { ::close(fd_); }
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  int fd() const { return fd_; }

  // False if the other side is gone.
  bool send(std::string_view data) {
    while (!data.empty()) {
      const ssize_t sent = ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      data.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // All that comes until "mark", which is included, or until the end.
  std::string readUntil(std::string_view mark) {
    std::string text;
    char c = 0;
    while (text.size() < mark.size() ||
           text.compare(text.size() - mark.size(), mark.size(), mark) != 0) {
      if (::recv(fd_, &c, 1, 0) <= 0) break;
      text += c;
    }
    return text;
  }

  // So many bytes, fewer if the other side ends.
  std::string read(std::size_t size) {
    std::string text(size, '\0');
    std::size_t have = 0;
    while (have < size) {
      const ssize_t count = ::recv(fd_, text.data() + have, size - have, 0);
      if (count <= 0) break;
      have += static_cast<std::size_t>(count);
    }
    text.resize(have);
    return text;
  }

  std::string readAll() {
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
      const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (count <= 0) return text;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  // One answer with a Content-Length, head and body.
  std::string readAnswer() {
    std::string text = readUntil("\r\n\r\n");
    const auto at = text.find("Content-Length: ");
    std::size_t left = at == std::string::npos ? 0 : std::stoul(text.substr(at + 16));
    for (char c = 0; left > 0 && ::recv(fd_, &c, 1, 0) == 1; --left) text += c;
    return text;
  }

  void endSending() { ::shutdown(fd_, SHUT_WR); }
  // The other side sees a reset instead of an end.
  void resetOnClose() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  }

 private:
  int fd_;
};

inline sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A socket connected to that port of this machine, or one that is of no use.
inline int connectToLoopback(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  // No assertion: Catch2's are for one thread at a time.
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    ::shutdown(fd, SHUT_RDWR);
  return fd;
}

// A server that does the same with every connection, one after the other.
class RawServer {
 public:
  using Script = std::function<void(RawPeer&)>;

  explicit RawServer(Script script) : script_(std::move(script)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    serve();
  }

  RawServer(const std::string& unix_path, Script script) : script_(std::move(script)) {
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, unix_path.c_str(), sizeof(address.sun_path) - 1);
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    address_ = "unix:" + unix_path;
    serve();
  }

  ~RawServer() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  const std::string& address() const { return address_; }

 private:
  void serve() {
    REQUIRE(::listen(fd_, 64) == 0);
    thread_ = std::thread([this] {
      for (int fd = 0; (fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
        RawPeer peer(fd);
        script_(peer);
      }
    });
  }

  Script script_;
  int fd_ = -1;
  std::string address_;
  std::thread thread_;
};

}  // namespace owpool::http::testing

#endif  // OWPOOL_TESTS_HTTP_RAW_PEER_H_
