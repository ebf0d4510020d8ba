// A socket on which an input has arrived, all at once or in many pieces.
#ifndef OWPOOL_TESTS_FUZZ_SOCKET_INPUT_H_
#define OWPOOL_TESTS_FUZZ_SOCKET_INPUT_H_

#include <algorithm>
#include <string>
#include <string_view>

#include <sys/socket.h>
#include <unistd.h>

#include "tests/fuzz/fuzz_target.h"

namespace owpool::fuzz {

class SocketInput {
 public:
  // "pieces": as many as it is received in, about. Each is a packet, so that no thread
  // is needed to send it at the right moment.
  SocketInput(std::string_view input, std::size_t pieces) {
    must(::socketpair(AF_UNIX, pieces > 1 ? SOCK_SEQPACKET : SOCK_STREAM, 0, fds_) == 0,
         "there are sockets");
    const std::size_t size = std::max<std::size_t>(1, (input.size() + pieces - 1) / pieces);
    for (; !input.empty(); input.remove_prefix(std::min(size, input.size()))) {
      const std::string_view piece = input.substr(0, size);
      const ssize_t sent = ::send(fds_[0], piece.data(), piece.size(), MSG_DONTWAIT);
      must(sent == static_cast<ssize_t>(piece.size()), "the input fits the socket");
    }
    ::shutdown(fds_[0], SHUT_WR);
  }
  ~SocketInput() {
    ::close(fds_[0]);
    closeReader();
  }
  SocketInput(const SocketInput&) = delete;
  SocketInput& operator=(const SocketInput&) = delete;

  int fd() const { return fds_[1]; }

  // All that was sent to it. Ends fd().
  std::string answer() {
    closeReader();
    std::string text;
    char buffer[65536];
    for (ssize_t count = 0; (count = ::recv(fds_[0], buffer, sizeof(buffer), 0)) > 0;)
      text.append(buffer, static_cast<std::size_t>(count));
    return text;
  }

 private:
  void closeReader() {
    if (fds_[1] >= 0) ::close(fds_[1]);
    fds_[1] = -1;
  }

  int fds_[2] = {-1, -1};
};

// More would not fit a socket in pieces.
inline constexpr std::size_t kSocketInputMax = 16384;
inline constexpr std::size_t kPieces = 30;

}  // namespace owpool::fuzz

#endif  // OWPOOL_TESTS_FUZZ_SOCKET_INPUT_H_
