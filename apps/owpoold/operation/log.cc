#include "owpoold/operation/log.h"

#include <unistd.h>

#include <chrono>

#include "fmt/chrono.h"
#include "fmt/format.h"

namespace owpool::daemon {
namespace {

constexpr std::size_t kValueMax = 2000;

void appendValue(std::string& line, std::string_view value) {
  line += '"';
  for (const char c : value.substr(0, kValueMax)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      line += fmt::format("\\x{:02x}", byte);
    } else {
      line += c;
    }
  }
  line += value.size() > kValueMax ? "\"..." : "\"";
}

std::string_view levelName(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Warning: return "warning";
    case LogLevel::Error: return "error";
  }
  return "";
}

}  // namespace

std::string logLine(LogLevel level, std::string_view message,
                    std::initializer_list<LogField> fields) {
  std::string line = fmt::format("level={} msg=", levelName(level));
  appendValue(line, message);
  for (const auto& [key, value] : fields) {
    line += fmt::format(" {}=", key);
    appendValue(line, value);
  }
  return line;
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now());
  const auto millis = now.time_since_epoch().count() % 1000;
  const std::string line =
      fmt::format("time={:%Y-%m-%dT%H:%M:%S}.{:03}Z {}\n",
                  fmt::gmtime(std::chrono::system_clock::to_time_t(now)), millis,
                  logLine(level, message, fields));
  // One write, so that lines of several threads do not mix. A log that cannot be
  // written is no reason to stop.
  [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace owpool::daemon
