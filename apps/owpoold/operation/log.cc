#include "owpoold/operation/log.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>

#include "fmt/chrono.h"
#include "fmt/format.h"
#include "owpoold/operation/log_sink.h"
#include "owpoold/support/json_text.h"

namespace owpool::daemon {
namespace {

constexpr std::size_t kValueMax = 2000;

std::atomic<LogLevel> g_level{LogLevel::Info};
std::atomic<LogFormat> g_format{LogFormat::Text};

std::string_view levelName(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Warning: return "warning";
    case LogLevel::Error: return "error";
  }
  return "";
}

// syslog's numbers, as the journal takes them.
std::string_view priorityPrefix(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "<7>";
    case LogLevel::Info: return "<6>";
    case LogLevel::Warning: return "<4>";
    case LogLevel::Error: return "<3>";
  }
  return "";
}

bool writesToJournal() {
  static const bool is_journal = isJournal(STDERR_FILENO);
  return is_journal;
}

std::string whole(LogLevel level, std::string_view line) {
  return fmt::format("{}{}\n", writesToJournal() ? priorityPrefix(level) : "", line);
}

std::int64_t unixMillis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string droppedLine(std::uint64_t count) {
  return whole(LogLevel::Warning,
               logLine(g_format, unixMillis(), LogLevel::Warning,
                       "log lines were dropped, since nobody read them",
                       {{"count", std::to_string(count)}}));
}

// Never destroyed: threads may log until the process has ended.
LogSink& sink() {
  static auto* const standard_error = new LogSink(STDERR_FILENO, droppedLine);
  return *standard_error;
}

std::string timeText(std::int64_t unix_millis) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(unix_millis / 1000)),
                     unix_millis % 1000);
}

// Text values are escaped by their bytes, so that a terminal shows nothing but ASCII.
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

}  // namespace

void setLogLevel(LogLevel level) { g_level = level; }
void setLogFormat(LogFormat format) { g_format = format; }
LogFormat logFormat() { return g_format; }
bool isLogged(LogLevel level) { return level >= g_level.load(); }

std::string logLine(LogFormat format, std::int64_t unix_millis, LogLevel level,
                    std::string_view message, std::initializer_list<LogField> fields) {
  if (format == LogFormat::Json) {
    ObjectText object;
    object.string("time", timeText(unix_millis)).string("level", levelName(level));
    object.string("msg", message.substr(0, kValueMax));
    for (const auto& [key, value] : fields) object.string(key, value.substr(0, kValueMax));
    return object.text();
  }
  std::string line = fmt::format("time={} level={} msg=", timeText(unix_millis), levelName(level));
  appendValue(line, message);
  for (const auto& [key, value] : fields) {
    line += fmt::format(" {}=", key);
    appendValue(line, value);
  }
  return line;
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!isLogged(level)) return;
  sink().write(whole(level, logLine(g_format, unixMillis(), level, message, fields)));
}

void logPlain(LogLevel level, std::string_view line) { sink().write(whole(level, line)); }

std::uint64_t droppedLogLines() { return sink().dropped(); }

bool isJournal(int fd) {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat file {};
  return stream != nullptr && ::fstat(fd, &file) == 0 && isJournal(stream, file);
}

bool isJournal(std::string_view journal_stream, const struct stat& file) {
  return journal_stream == fmt::format("{}:{}", file.st_dev, file.st_ino);
}

}  // namespace owpool::daemon
