// The daemon's own log: one line on standard error for each message, key=value.
#ifndef OWPOOLD_OPERATION_LOG_H_
#define OWPOOLD_OPERATION_LOG_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace owpool::daemon {

enum class LogLevel { Debug, Info, Warning, Error };

// key=value, or a JSON object a line.
enum class LogFormat { Text, Json };

using LogField = std::pair<std::string_view, std::string_view>;

// Thread-safe. Values may hold anything: what could forge a line or move a
// terminal's cursor is escaped.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// The line that log() writes, without the time at its head. Pure.
std::string logLine(LogLevel level, std::string_view message,
                    std::initializer_list<LogField> fields);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_LOG_H_
