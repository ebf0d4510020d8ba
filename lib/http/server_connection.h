// One connection of the server, from its first byte to its last.
#ifndef OWPOOL_HTTP_SERVER_CONNECTION_H_
#define OWPOOL_HTTP_SERVER_CONNECTION_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/body_budget.h"
#include "http/client_waits.h"
#include "http/connection.h"
#include "http/message_reader.h"
#include "http/request_head.h"
#include "http/server.h"

namespace owpool::http {

// What all connections of a server share. Immutable once it serves.
struct Service {
  ServerLimits limits;
  Server::Handler handler;
  Server::ErrorHandler on_error;
  Server::BodyLimit body_limit;
  // Others wait for this thread, or the server will stop: do not keep this connection.
  std::function<bool()> crowded;
  BodyBudget& bodies;
};

class ServerConnection {
 public:
  ServerConnection(int fd, const Service& service, ClientWaits& waits);

  // Serves request after request; returns when the socket is to be closed. Does not throw.
  void run();

 private:
  // For the first byte of the next one; false: there will be none.
  bool awaitRequest();
  HeadRead awaitHead();
  // Each returns whether a further request may follow.
  bool serveRequest();
  bool answer(const RequestHead& head, Request request);
  // With what is known of the method, since a HEAD's refusal has no body either.
  bool refuse(const Refusal& refusal, bool to_head);

  // Empty when "request" is complete; else refuse with it, or with status 0: give up.
  std::optional<Refusal> readBody(const RequestHead& head, Request& request,
                                  BodyBudget::Share& share);
  ByteSize bodyLimitOf(const Request& request) const;
  // Reads and drops what is still coming, so that the answer is not lost by a reset.
  void linger();

  int fd_;
  const Service& service_;
  ClientWaits& waits_;
  Connection connection_;
  std::string remote_address_;
};

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_SERVER_CONNECTION_H_
