// A connection of the server, whatever a client sends: the limits hold, every answer is
// well-formed, and how the bytes were cut up makes no difference.
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "http/response_head.h"
#include "http/server_connection.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/socket_input.h"

namespace owpool::fuzz {
namespace {

using namespace owpool::http;

constexpr std::size_t kHeadMax = 1024;
constexpr int kHeadersMax = 10;
constexpr std::int64_t kBodyMax = 200;
constexpr std::int64_t kSmallBodyMax = 10;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// What came of a connection.
struct Outcome {
  std::vector<std::string> handled;
  std::vector<int> refused;
  std::string answers;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

bool isSmall(const Request& request) { return request.header("X-Small").has_value(); }

std::string checked(const Request& request) {
  must(request.path == "*" || request.path.substr(0, 1) == "/", "a path is one");
  must(request.headers.size() <= kHeadersMax, "there are not too many headers");
  must(std::ssize(request.body) <= (isSmall(request) ? kSmallBodyMax : kBodyMax),
       "no body is larger than allowed");
  std::string text = fmt::format("{} {}\n", request.method, request.path);
  must(text.size() <= kHeadMax, "the first line is not too long");
  for (const auto& [name, value] : request.headers) text += fmt::format("{}: {}\n", name, value);
  return text + request.body;
}

Outcome serve(std::string_view input, std::size_t pieces) {
  Outcome outcome;
  ServerLimits limits;
  limits.header_bytes_max = kHeadMax;
  limits.header_count_max = kHeadersMax;
  limits.body_max = ByteSize::bytes(kBodyMax);
  BodyBudget bodies(kBodyMax);
  const Service service{
      limits,
      [&](const Request& request) {
        outcome.handled.push_back(checked(request));
        return Response{200, "", "", {}};
      },
      [&](int status, std::string_view reason) {
        must(!reason.empty(), "a refusal says why");
        outcome.refused.push_back(status);
        return Response{status, "", "", {}};
      },
      [](const Request& request) {
        return ByteSize::bytes(isSmall(request) ? kSmallBodyMax : kBodyMax);
      },
      [] { return false; },
      bodies};
  ClientWaits waits(std::chrono::hours(1));
  SocketInput socket(input, pieces);
  ServerConnection(socket.fd(), service, waits).run();
  outcome.answers = socket.answer();
  return outcome;
}

void checkAnswers(std::string_view answers, const Outcome& outcome) {
  std::size_t count = 0;
  while (!answers.empty()) {
    const auto end = answers.find("\r\n\r\n");
    must(end != answers.npos, "every answer is whole");
    const auto head = parseResponseHead(answers.substr(0, end + 2), true);
    must(head.has_value(), "every answer is well-formed");
    answers.remove_prefix(end + 4);
    if (head->status == 100) continue;
    ++count;
    const bool closes = *findHeader(head->headers, "Connection") == "close";
    must(!closes || answers.empty(), "nothing follows the last answer");
  }
  must(count == outcome.handled.size() + outcome.refused.size(), "one request, one answer");
  must(outcome.refused.size() <= 1, "nothing follows a refusal");
}

// Whether it is told to go on depends on how much of its body a client has sent already.
std::string withoutContinue(std::string text) {
  for (std::size_t at = 0; (at = text.find(kContinue, at)) != text.npos;)
    text.erase(at, kContinue.size());
  return text;
}

}  // namespace
}  // namespace owpool::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace owpool::fuzz;
  if (size > kSocketInputMax) return 0;
  auto whole = serve(textOf(data, size), 1);
  auto cut = serve(textOf(data, size), kPieces);
  checkAnswers(whole.answers, whole);
  checkAnswers(cut.answers, cut);
  whole.answers = withoutContinue(whole.answers);
  cut.answers = withoutContinue(cut.answers);
  must(whole == cut, "how it is cut up makes no difference");
  return 0;
}
