#include <charconv>
#include <cstdio>
#include <ctime>
#include <string>

#include "fmt/chrono.h"
#include "fmt/format.h"
#include "owpoolctl/commands.h"
#include "owpoolctl/fields.h"

namespace owpool::ctl {
namespace {

constexpr std::int64_t kPollMillis = 20000;

// Percent-encoded for a query.
std::string encoded(const std::string& text) {
  std::string all;
  for (const char c : text) all += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return all;
}

// Which lines: "?action=…&", ready for more.
std::string targetFor(const Arguments& arguments) {
  std::string target = "/logs?";
  for (const char* name : {"action", "activation"}) {
    if (!arguments.has(name)) continue;
    target += fmt::format("{}={}&", name, encoded(arguments.value(name)));
  }
  return target;
}

// Printed at once, since others may read on.
void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

absl::Status checkLines(const Arguments& arguments) {
  const std::string lines = arguments.value("lines");
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(lines.data(), lines.data() + lines.size(), count);
  if (arguments.has("lines") &&
      (error != std::errc() || end != lines.data() + lines.size() || count < 0)) {
    return absl::InvalidArgumentError(
        fmt::format("--lines: must be a whole number, not '{}'", lines));
  }
  return absl::OkStatus();
}

}  // namespace

std::string logLinesText(const json::Value& answer, Style style) {
  std::string text;
  if (const auto lost = numberOf(answer, "lost").value_or(0); lost > 0) {
    text += style(Tone::Warning, fmt::format("-- {} came too fast and {} lost --",
                                             countText(lost, "line"), lost == 1 ? "is" : "are")) +
            "\n";
  }
  for (const json::Value& line : elementsOf(answer, "lines")) {
    const std::int64_t at = numberOf(line, "at_ms").value_or(0);
    const bool is_error = flagOf(line, "is_error");
    const std::string head = fmt::format(
        "{:%Y-%m-%dT%H:%M:%S}.{:03}Z {} {}", fmt::gmtime(static_cast<std::time_t>(at / 1000)),
        at % 1000, textOf(line, "action"), textOf(line, "activation").substr(0, 8));
    text += fmt::format("{} {}: {}\n", style(Tone::Faint, head), is_error ? "stderr" : "stdout",
                        is_error ? style(Tone::Warning, textOf(line, "text"))
                                 : textOf(line, "text"));
  }
  // As the activation's record has them: time and stream are in the text.
  for (const json::Value& line : elementsOf(answer, "recorded")) {
    text += cleaned(line.asString().value_or("")) + "\n";
  }
  return text;
}

absl::Status runLogs(const Session& session) {
  const Arguments& arguments = session.arguments;
  if (const auto status = checkLines(arguments); !status.ok()) return status;
  const bool follows = arguments.has("follow");
  const std::string target = targetFor(arguments);
  std::string tail = arguments.value("lines");
  if (tail.empty() && follows) tail = "10";
  auto answer = session.client.get(target + (tail.empty() ? "" : "tail=" + tail));
  if (!answer.ok()) return answer.status();
  print(logLinesText(*answer, session.style));
  while (follows) {
    const auto next = numberOf(*answer, "next").value_or(0);
    answer = session.client.get(
        fmt::format("{}after={}&wait_ms={}", target, next, kPollMillis),
        std::chrono::milliseconds(2 * kPollMillis));
    if (!answer.ok()) return answer.status();
    print(logLinesText(*answer, session.style));
  }
  return absl::OkStatus();
}

}  // namespace owpool::ctl
