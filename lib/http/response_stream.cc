#include "http/response_stream.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace owpool::http {
namespace {

constexpr std::size_t kHeadBytesMax = 65536;
constexpr int kInterimAnswersMax = 16;

}  // namespace

ResponseStream::ResponseStream(Connection& connection, bool to_head)
    : connection_(connection), to_head_(to_head) {}

ssize_t ResponseStream::fail(ClientFailure failure) {
  if (!failure_.has_value()) failure_ = failure;
  return -1;
}

ClientFailure ResponseStream::failureOf(IoStatus io) const {
  return io == IoStatus::TimedOut ? ClientFailure::TimedOut : ClientFailure::ConnectionLost;
}

bool ResponseStream::readAnswer() {
  for (int interim_count = 0; interim_count <= kInterimAnswersMax; ++interim_count) {
    const HeadRead read = readHead(connection_, kHeadBytesMax);
    if (read.status == HeadStatus::Io) {
      const bool silent = interim_count == 0 && connection_.buffered().empty() &&
                          (read.io == IoStatus::Closed || read.io == IoStatus::Lost);
      fail(silent ? ClientFailure::NoResponse : failureOf(read.io));
      return false;
    }
    auto head = read.status == HeadStatus::Ok ? parseResponseHead(read.text, to_head_)
                                              : std::optional<ResponseHead>();
    // 101 would mean that we had asked for another protocol.
    if (!head.has_value() || head->status == 101) break;
    if (head->status < 200) continue;
    head_ = *std::move(head);
    body_.emplace(connection_, head_.framing);
    shown_head_ = fmt::format("HTTP/1.1 {} \r\nConnection: close\r\n\r\n", head_.status);
    unread_ = shown_head_;
    return true;
  }
  fail(ClientFailure::ConnectionLost);
  return false;
}

ssize_t ResponseStream::read(char* to, size_t size) {
  if (failure_.has_value()) return -1;
  if (!body_.has_value() && !readAnswer()) return -1;
  if (unread_.empty()) {
    switch (body_->next(unread_)) {
      case BodyStatus::Piece: break;
      case BodyStatus::End: return 0;
      case BodyStatus::Malformed: return fail(ClientFailure::ConnectionLost);
      case BodyStatus::Io: return fail(failureOf(body_->io()));
    }
  }
  const std::size_t count = std::min(size, unread_.size());
  std::copy_n(unread_.data(), count, to);
  unread_.remove_prefix(count);
  return static_cast<ssize_t>(count);
}

ssize_t ResponseStream::write(const char* from, size_t size) {
  const IoStatus status = connection_.write({from, size}, true);
  if (status == IoStatus::TimedOut || status == IoStatus::Aborted) return fail(failureOf(status));
  // A server may answer and close before it has read everything: if it did, the answer
  // is there to be read, else reading says what happened.
  return static_cast<ssize_t>(size);
}

// Only cpp-httplib's server asks where a stream comes from.
void ResponseStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void ResponseStream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

socket_t ResponseStream::socket() const { return INVALID_SOCKET; }

}  // namespace owpool::http
