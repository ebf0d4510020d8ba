#include "http/client.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include <httplib.h>

#include "http/connector.h"
#include "http/response_stream.h"

namespace owpool::http {
namespace {

// Streams are many and mostly silent; each look at the flag wakes the processor.
constexpr std::chrono::milliseconds kStreamAbortInterval{250};

// cpp-httplib writes the request and drives the exchange; the connection and the
// reading of the answer are replaced.
class Client : public httplib::ClientImpl {
 public:
  // "stream" may be null.
  Client(const Address& address, const ClientRequest& request, const BodyStream* stream,
         const std::atomic<bool>* abort)
      : httplib::ClientImpl(address.host),
        address_(address),
        request_(request),
        stream_(stream),
        abort_(abort),
        deadline_(deadlineAfter(request.timeout)) {
    set_url_encode(false);
    set_decompress(false);
    set_follow_location(false);
    set_keep_alive(false);
  }

  std::variant<ClientResponse, ClientFailure> exchange() {
    httplib::Request request;
    request.method = request_.method;
    request.path = request_.target;
    request.body = request_.body;
    const bool ipv6 = address_.host.find(':') != std::string::npos;
    if (!address_.unix_path.empty()) {
      request.headers.emplace("Host", "localhost");
    } else {
      request.headers.emplace(
          "Host", (ipv6 ? "[" + address_.host + "]" : address_.host) + ":" + address_.port);
    }
    if (!request_.body.empty()) request.headers.emplace("Content-Type", request_.content_type);
    for (const auto& [name, value] : request_.headers) request.headers.emplace(name, value);
    request.response_handler = [&](const httplib::Response& head) {
      streaming_ = stream_ != nullptr && head.status == 200;
      if (streaming_) {
        if (stream_->on_open) stream_->on_open();
        patience();
      }
      return true;
    };
    request.content_receiver = [&](const char* data, size_t size, std::uint64_t, std::uint64_t) {
      return receive({data, size});
    };
    httplib::Response ignored;
    httplib::Error error = httplib::Error::Success;
    const bool done = send(request, ignored, error);
    if (failure_.has_value()) return *failure_;
    if (!done && !enough_) return ClientFailure::ConnectionLost;
    return std::move(response_);
  }

 private:
  bool receive(std::string_view piece) {
    response_.body_length += std::ssize(piece);
    if (streaming_) {
      enough_ = !stream_->on_piece(piece);
      patience();
      return !enough_;
    }
    const auto room = static_cast<std::size_t>(
        std::max<std::int64_t>(0, request_.body_max.count() - std::ssize(response_.body)));
    response_.body.append(piece.substr(0, room));
    return true;
  }

  // From now on the silence counts.
  void patience() {
    connection_->setDeadline(deadlineAfter(stream_->idle_timeout));
    connection_->setAbortInterval(kStreamAbortInterval);
  }

  bool create_and_connect_socket(Socket& socket, httplib::Error& error) override {
    const auto fd = connectTo(address_, deadline_, abort_);
    if (!fd.has_value()) {
      failure_ = ClientFailure::NotConnected;
      error = httplib::Error::Connection;
      return false;
    }
    socket.sock = *fd;
    return true;
  }

  bool process_socket(const Socket& socket,
                      std::function<bool(httplib::Stream&)> callback) override {
    Connection connection(socket.sock, abort_);
    connection.setDeadline(deadline_);
    connection_ = &connection;
    ResponseStream stream(connection, request_.method == "HEAD");
    const bool done = callback(stream);
    failure_ = stream.failure();
    response_.status = stream.head().status;
    response_.headers = stream.head().headers;
    return done;
  }

  const Address& address_;
  const ClientRequest& request_;
  const BodyStream* stream_;
  const std::atomic<bool>* abort_;
  const Deadline deadline_;
  std::optional<ClientFailure> failure_;
  ClientResponse response_;
  Connection* connection_ = nullptr;  // While it lasts.
  bool streaming_ = false;
  bool enough_ = false;  // The stream's user wants no more.
};

}  // namespace

std::variant<ClientResponse, ClientFailure> exchange(const std::string& address,
                                                     const ClientRequest& request,
                                                     const std::atomic<bool>* abort) {
  const auto parsed = parseAddress(address);
  if (!parsed.has_value()) return ClientFailure::NotConnected;
  return Client(*parsed, request, nullptr, abort).exchange();
}

std::variant<ClientResponse, ClientFailure> exchangeStream(const std::string& address,
                                                           const ClientRequest& request,
                                                           const BodyStream& stream,
                                                           const std::atomic<bool>* abort) {
  const auto parsed = parseAddress(address);
  if (!parsed.has_value()) return ClientFailure::NotConnected;
  return Client(*parsed, request, &stream, abort).exchange();
}

}  // namespace owpool::http
