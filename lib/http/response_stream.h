// What cpp-httplib's client gets to see of a server: its own reader bounds neither
// lines nor chunks, so it reads an answer that has been checked and unframed here.
#ifndef OWPOOL_HTTP_RESPONSE_STREAM_H_
#define OWPOOL_HTTP_RESPONSE_STREAM_H_

#include <optional>
#include <string>
#include <string_view>

#include <httplib.h>

#include "http/client.h"
#include "http/message_reader.h"
#include "http/response_head.h"

namespace owpool::http {

class ResponseStream : public httplib::Stream {
 public:
  // "to_head": the request is a HEAD.
  ResponseStream(Connection& connection, bool to_head);

  // What went wrong; nullopt while nothing has.
  std::optional<ClientFailure> failure() const { return failure_; }
  // Empty until it was read.
  const ResponseHead& head() const { return head_; }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override;

 private:
  // Reads the head, interim answers (1xx) before it dropped. False: failed.
  bool readAnswer();
  ssize_t fail(ClientFailure failure);
  ClientFailure failureOf(IoStatus io) const;

  Connection& connection_;
  const bool to_head_;
  std::optional<ClientFailure> failure_;
  ResponseHead head_;
  std::optional<BodyReader> body_;
  std::string shown_head_;   // Ours, with nothing in it that could mislead.
  std::string_view unread_;  // Of shown_head_ or of the body.
};

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_RESPONSE_STREAM_H_
