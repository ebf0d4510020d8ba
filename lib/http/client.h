// One HTTP/1.1 exchange with a server that we do not trust: bounded in time and in
// bytes, whatever the other side does. cpp-httplib underneath.
#ifndef OWPOOL_HTTP_CLIENT_H_
#define OWPOOL_HTTP_CLIENT_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "http/server.h"

namespace owpool::http {

struct ClientRequest {
  std::string method = "POST";
  std::string target = "/";
  Headers headers;
  std::string body;
  std::string content_type = "application/json";
  Duration timeout{};   // For everything, from connect to the last byte.
  ByteSize body_max;    // Of the answer; the rest is read and dropped.
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;               // At most body_max.
  std::int64_t body_length = 0;   // As received; > body.size() iff it was cut.
};

enum class ClientFailure {
  NotConnected,    // No byte was sent.
  NoResponse,      // The connection was closed before any byte of an answer.
  ConnectionLost,  // Anything else after bytes were sent, a malformed answer included.
  TimedOut,
};

// Sends one request on a connection of its own. "address" is "host:port" or
// "unix:/path". "abort", if not null, may be set from another thread: the exchange
// then ends soon. Thread-safe.
std::variant<ClientResponse, ClientFailure> exchange(const std::string& address,
                                                     const ClientRequest& request,
                                                     const std::atomic<bool>* abort = nullptr);

// What is done with an answer whose body has no end that one could wait for.
struct BodyStream {
  // Called when the head of an answer of status 200 is there, if not empty.
  std::function<void()> on_open;
  // Gets the body as it comes. False: that was enough, the exchange ends.
  std::function<bool(std::string_view piece)> on_piece;
  Duration idle_timeout{};  // For the first piece, and from one to the next.
};

// Like exchange(), but the body of an answer of status 200 goes to "stream" piece by
// piece and for as long as it lasts; the response has none then, only its length.
// ClientRequest::timeout ends with the head of the answer. A silence of idle_timeout is
// TimedOut. That "abort" is set is seen within a quarter of a second.
std::variant<ClientResponse, ClientFailure> exchangeStream(
    const std::string& address, const ClientRequest& request, const BodyStream& stream,
    const std::atomic<bool>* abort = nullptr);

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_CLIENT_H_
