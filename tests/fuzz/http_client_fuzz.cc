// What a server, or a container, may answer: the client's view of it is well-formed or
// a failure, and how the bytes were cut up makes no difference. An input that begins
// with "HHTTP" is the answer to a HEAD.
#include <optional>
#include <string>
#include <string_view>

#include "http/response_stream.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/socket_input.h"

namespace owpool::fuzz {
namespace {

using namespace owpool::http;

struct Outcome {
  std::optional<ClientFailure> failure;
  int status = 0;
  Headers headers;
  std::string shown;  // To cpp-httplib.
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome receive(std::string_view input, std::size_t pieces, bool to_head) {
  const SocketInput socket(input, pieces);
  Connection connection(socket.fd(), nullptr);
  connection.setDeadline(deadlineAfter(std::chrono::seconds(10)));
  ResponseStream stream(connection, to_head);
  Outcome outcome;
  char buffer[100];
  ssize_t count = 0;
  while ((count = stream.read(buffer, sizeof(buffer))) > 0)
    outcome.shown.append(buffer, static_cast<std::size_t>(count));
  outcome.failure = stream.failure();
  must((count < 0) == outcome.failure.has_value(), "a failure is known, and only a failure");
  outcome.status = stream.head().status;
  outcome.headers = stream.head().headers;
  return outcome;
}

void check(const Outcome& outcome, std::string_view input, bool to_head) {
  must(outcome.failure != ClientFailure::NotConnected, "it was connected");
  must(outcome.failure != ClientFailure::TimedOut, "nothing is waited for after the end");
  must(!input.empty() || outcome.failure == ClientFailure::NoResponse, "nothing is no answer");
  const auto end = outcome.shown.find("\r\n\r\n");
  if (end == std::string::npos) {
    must(outcome.shown.empty() && outcome.failure, "a head is shown whole or not at all");
    return;
  }
  must(outcome.status >= 200 && outcome.status <= 999, "no interim answer is an answer");
  const std::string_view body = std::string_view(outcome.shown).substr(end + 4);
  must(body.empty() || input.find(body.substr(0, 1)) != input.npos, "a body is what was sent");
  must(body.size() < input.size(), "a body is not longer than what was sent");
  must(!to_head || body.empty(), "no body follows a HEAD");
}

}  // namespace
}  // namespace owpool::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace owpool::fuzz;
  if (size > kSocketInputMax) return 0;
  std::string_view input = textOf(data, size);
  const bool to_head = input.substr(0, 5) == "HHTTP";
  if (to_head) input.remove_prefix(1);
  const auto whole = receive(input, 1, to_head);
  const auto cut = receive(input, kPieces, to_head);
  check(whole, input, to_head);
  must(whole == cut, "how it is cut up makes no difference");
  return 0;
}
