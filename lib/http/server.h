// An HTTP/1.1 server: cpp-httplib, with limits that it does not have. Nothing
// outside lib/http touches httplib::.
#ifndef OWPOOL_HTTP_SERVER_H_
#define OWPOOL_HTTP_SERVER_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "owpool/units.h"

namespace owpool::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string path;                          // As sent, percent-encoded, without query.
  // Of the path, percent-decoded once each: {"a","b"} of "/a/b" and "/a/b/", none of "/".
  std::vector<std::string> segments;
  std::map<std::string, std::string> query;  // Decoded; of repeated ones the last.
  std::vector<std::pair<std::string, std::string>> query_fields;  // All of them, in order.
  Headers headers;
  std::string body;
  std::string remote_address;

  // Case does not matter. nullopt if absent.
  std::optional<std::string> header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  Headers headers;
};

struct ServerLimits {
  // Each holds a thread; more wait to be accepted. When there are as many, those are closed
  // first whose clients have kept the server waiting longest, but no request that is handled.
  int connections_max = 256;
  ByteSize body_max = ByteSize::mebibytes(64);
  // Of all requests together what each has beyond a megabyte; who brings more is told 503.
  // At least body_max.
  ByteSize large_bodies_max = ByteSize::mebibytes(256);
  std::size_t header_bytes_max = 16384;  // Request line and headers together.
  int header_count_max = 100;
  Duration header_timeout = std::chrono::seconds(10);  // From the first byte to the last header.
  Duration body_timeout = std::chrono::seconds(60);    // For the whole body.
  Duration keep_alive = std::chrono::seconds(30);      // Idle between requests.
};

class Server {
 public:
  // Called on a thread of its own for each connection, several at once. Must not
  // throw: an exception becomes an empty 500.
  using Handler = std::function<Response(const Request&)>;
  // Told why a request never reached the handler (413, 400, 431, 408 …); makes its
  // answer. May be empty: then the answer has no body.
  using ErrorHandler = std::function<Response(int status, std::string_view reason)>;
  // Asked once the headers are there, before the body is read: at most this much,
  // and never more than ServerLimits::body_max. May be empty.
  using BodyLimit = std::function<ByteSize(const Request&)>;

  Server(ServerLimits limits, Handler handler, ErrorHandler on_error, BodyLimit body_limit);
  ~Server();  // stop().
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds and serves, once. Port 0 takes a free one. The result is the port.
  absl::StatusOr<int> start(const std::string& address, int port);
  // The same on a Unix socket at "path" that only its owner may use (mode 0600). Fails
  // if anything is there already. stop() removes it.
  absl::Status startUnix(const std::string& path);

  // From now on every answer closes its connection, so that clients turn elsewhere; new
  // connections are still accepted.
  void closeAfterAnswers();
  // Whether a connection waits, since all threads are taken.
  bool isCrowded() const;

  // Accepts no more, lets requests in flight end, returns when they have. Idempotent.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_SERVER_H_
