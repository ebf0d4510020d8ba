#include "http/server_connection.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "fmt/format.h"
#include "http/response_writer.h"
#include "http/url.h"

namespace owpool::http {
namespace {

// How much, and for how long, of a refused request is still taken in.
constexpr std::size_t kLingerBytes = std::size_t{64} << 20;
constexpr std::chrono::seconds kLingerTime{2};

// Who sends this much of a body is not one of those who keep a server waiting.
constexpr std::int64_t kProgressBytes = 65536;

const Refusal kGiveUp{0, ""};

std::string addressOfPeer(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "";
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* raw = nullptr;
  if (address.ss_family == AF_INET)
    raw = &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr;
  else if (address.ss_family == AF_INET6)
    raw = &reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr;
  if (raw == nullptr || ::inet_ntop(address.ss_family, raw, text.data(), text.size()) == nullptr)
    return "";
  return text.data();
}

// The handlers are strangers' code: whatever they throw must not reach the client.
template <typename Call>
Response guarded(const Call& call) {
  try {
    return call();
  } catch (...) {
    return Response{500, "", "", {}};
  }
}

}  // namespace

ServerConnection::ServerConnection(int fd, const Service& service, ClientWaits& waits)
    : fd_(fd),
      service_(service),
      waits_(waits),
      connection_(fd, nullptr),
      remote_address_(addressOfPeer(fd)) {}

void ServerConnection::run() {
  try {
    while (awaitRequest() && serveRequest()) {
    }
  } catch (...) {
    // Out of memory, most likely: this connection ends, the others go on.
  }
}

bool ServerConnection::awaitRequest() {
  const ScopedWait wait(waits_, fd_, ClientWaits::For::Request);
  connection_.setDeadline(deadlineAfter(service_.limits.keep_alive));
  return wait.entered() &&
         (!connection_.buffered().empty() || connection_.fill() == IoStatus::Ok);
}

HeadRead ServerConnection::awaitHead() {
  const ScopedWait wait(waits_, fd_, ClientWaits::For::Bytes);
  connection_.setDeadline(deadlineAfter(service_.limits.header_timeout));
  return readHead(connection_, service_.limits.header_bytes_max);
}

bool ServerConnection::serveRequest() {
  const HeadRead read = awaitHead();
  switch (read.status) {
    case HeadStatus::Ok: break;
    case HeadStatus::TooLarge: return refuse({431, "the headers are too long"}, false);
    case HeadStatus::Malformed: return refuse({400, "a line that ends in a bare LF"}, false);
    case HeadStatus::Io:
      return read.io == IoStatus::TimedOut && refuse({408, "the headers took too long"}, false);
  }
  auto parsed = parseRequestHead(read.text, service_.limits.header_count_max);
  if (const auto* refusal = std::get_if<Refusal>(&parsed))
    return refuse(*refusal, read.text.substr(0, 5) == "HEAD ");
  const auto& head = std::get<RequestHead>(parsed);
  const bool to_head = head.method == "HEAD";
  auto target = splitTarget(head.target);
  if (!target.has_value()) return refuse({400, "a malformed percent-encoding"}, to_head);

  Request request{head.method,  std::move(target->path), std::move(target->segments),
                  std::move(target->query), std::move(target->query_fields), head.headers, "",
                  remote_address_};
  BodyBudget::Share share(service_.bodies);  // Kept for what is made of the body, too.
  if (const auto refusal = readBody(head, request, share); refusal.has_value())
    return refusal->status != 0 && refuse(*refusal, to_head);
  return answer(head, std::move(request));
}

ByteSize ServerConnection::bodyLimitOf(const Request& request) const {
  const ByteSize most = service_.limits.body_max;
  return service_.body_limit ? std::min(most, service_.body_limit(request)) : most;
}

std::optional<Refusal> ServerConnection::readBody(const RequestHead& head, Request& request,
                                                  BodyBudget::Share& share) {
  if (head.framing.kind == BodyFraming::Kind::None) return std::nullopt;
  const std::int64_t limit = bodyLimitOf(request).count();
  // OpenWhisk's words. Of a body in chunks the length is what has come so far.
  const auto too_large = [&](std::int64_t length) {
    return Refusal{413, fmt::format("Request larger than allowed: {} > {} bytes.", length, limit)};
  };
  if (head.framing.length > limit) return too_large(head.framing.length);

  ScopedWait wait(waits_, fd_, ClientWaits::For::Bytes);
  connection_.setDeadline(deadlineAfter(service_.limits.body_timeout));
  if (head.expects_continue && connection_.buffered().empty() &&
      connection_.write("HTTP/1.1 100 Continue\r\n\r\n") != IoStatus::Ok)
    return kGiveUp;
  BodyReader reader(connection_, head.framing);
  for (;;) {
    std::string_view piece;
    switch (reader.next(piece)) {
      case BodyStatus::End: return std::nullopt;
      case BodyStatus::Malformed: return Refusal{400, "a malformed chunk"};
      case BodyStatus::Io:
        if (reader.io() == IoStatus::TimedOut) return Refusal{408, "the body took too long"};
        return kGiveUp;
      case BodyStatus::Piece: break;
    }
    const std::int64_t length = std::ssize(request.body) + std::ssize(piece);
    if (length > limit) return too_large(length);
    if (!share.growTo(length)) return Refusal{503, "Too many large requests at once: try again."};
    if (length / kProgressBytes > std::ssize(request.body) / kProgressBytes) wait.renew();
    request.body += piece;
  }
}

bool ServerConnection::answer(const RequestHead& head, Request request) {
  const Response response = guarded([&] { return service_.handler(request); });
  const bool keep_alive = head.keep_alive && !waits_.stopping() && !service_.crowded();
  // Nobody is made to read fast; but a client that reads nothing holds no thread forever.
  const ScopedWait wait(waits_, fd_, ClientWaits::For::Bytes);
  connection_.setDeadline(deadlineAfter(service_.limits.body_timeout));
  const IoStatus status =
      connection_.write(responseText(response, {keep_alive, head.method == "HEAD"}));
  if (status != IoStatus::Ok || keep_alive) return status == IoStatus::Ok;
  // A further request: closing with it unread would be a reset, which may overtake the answer.
  char next = 0;
  if (::recv(fd_, &next, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
    connection_.setDeadline(deadlineAfter(kLingerTime));
    linger();
  }
  return false;
}

bool ServerConnection::refuse(const Refusal& refusal, bool to_head) {
  Response response{refusal.status, "", "", {}};
  if (service_.on_error) {
    response = guarded([&] { return service_.on_error(refusal.status, refusal.reason); });
  }
  const ScopedWait wait(waits_, fd_, ClientWaits::For::Bytes);
  connection_.setDeadline(deadlineAfter(kLingerTime));
  if (connection_.write(responseText(response, {false, to_head})) == IoStatus::Ok) linger();
  return false;
}

void ServerConnection::linger() {
  ::shutdown(fd_, SHUT_WR);
  std::size_t dropped = 0;
  do {
    dropped += connection_.buffered().size();
    connection_.consume(connection_.buffered().size());
  } while (dropped < kLingerBytes && connection_.fill() == IoStatus::Ok);
}

}  // namespace owpool::http
