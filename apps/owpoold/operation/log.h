// The daemon's own log: one line on standard error for each message.
#ifndef OWPOOLD_OPERATION_LOG_H_
#define OWPOOLD_OPERATION_LOG_H_

#include <sys/stat.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace owpool::daemon {

enum class LogLevel { Debug, Info, Warning, Error };
enum class LogFormat { Text, Json };  // key="value" …, or one JSON object a line.

using LogField = std::pair<std::string_view, std::string_view>;

// What is below "level" is not said. Thread-safe; at first Info and Text.
void setLogLevel(LogLevel level);
void setLogFormat(LogFormat format);
LogFormat logFormat();
bool isLogged(LogLevel level);

// Thread-safe. Values may hold anything: what could forge a line or move a terminal's
// cursor is escaped. Lines about an activation name it by "activation", its container
// by "container", the request that brought it by "transaction".
//
// A reader that does not read cannot stop the daemon: see LogSink. Where standard error
// is systemd's journal, each line begins with its priority, like "<4>".
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// Lines that were dropped, since nobody read.
std::uint64_t droppedLogLines();

// A line that is made already, whatever the level is that is logged.
void logPlain(LogLevel level, std::string_view line);

// The line that log() writes at that time, without priority and line end. Pure.
std::string logLine(LogFormat format, std::int64_t unix_millis, LogLevel level,
                    std::string_view message, std::initializer_list<LogField> fields);

// Whether the file is the journal's: systemd says in JOURNAL_STREAM, as "device:inode",
// which it is. Pure.
bool isJournal(std::string_view journal_stream, const struct stat& file);
// The same of one of our own descriptors, with the JOURNAL_STREAM of the environment.
bool isJournal(int fd);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_LOG_H_
