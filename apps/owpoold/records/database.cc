#include "owpoold/records/database.h"

#include <sqlite3.h>

#include <utility>

#include "fmt/format.h"

namespace owpool::daemon {
namespace {

absl::Status databaseError(sqlite3* connection, std::string_view what) {
  return absl::InternalError(fmt::format("database: {}: {}", what, sqlite3_errmsg(connection)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::open(const std::string& path) {
  sqlite3* connection = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int result = sqlite3_open_v2(path.c_str(), &connection, flags, nullptr);
  std::unique_ptr<Database> database(new Database(connection));
  if (result != SQLITE_OK) return databaseError(connection, "cannot open " + path);
  sqlite3_busy_timeout(connection, 5000);
  const auto status = database->execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=1000; "
      "PRAGMA journal_size_limit=8388608");
  if (!status.ok()) {
    return absl::InternalError(fmt::format("{}: {}", path, std::string(status.message())));
  }
  return database;
}

Database::~Database() { sqlite3_close_v2(connection_); }

absl::Status Database::execute(const std::string& sql) {
  if (sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return databaseError(connection_, "cannot execute a statement");
  }
  return absl::OkStatus();
}

absl::StatusOr<Database::Statement> Database::prepare(const std::string& sql) {
  Statement statement;
  if (sqlite3_prepare_v3(connection_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT,
                         &statement.statement_, nullptr) != SQLITE_OK) {
    return databaseError(connection_, "cannot prepare a statement");
  }
  return statement;
}

int Database::changes() const { return sqlite3_changes(connection_); }

Database::Statement::~Statement() { sqlite3_finalize(statement_); }

Database::Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), bind_error_(other.bind_error_) {}

Database::Statement& Database::Statement::operator=(Statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  std::swap(bind_error_, other.bind_error_);
  return *this;
}

Database::Statement& Database::Statement::bind(int position, std::int64_t value) {
  bind_error_ |= sqlite3_bind_int64(statement_, position, value);
  return *this;
}

Database::Statement& Database::Statement::bind(int position, std::string_view value) {
  bind_error_ |= sqlite3_bind_text64(statement_, position, value.data(), value.size(),
                                     SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Database::Statement& Database::Statement::bindNull(int position) {
  bind_error_ |= sqlite3_bind_null(statement_, position);
  return *this;
}

absl::StatusOr<bool> Database::Statement::step() {
  sqlite3* connection = sqlite3_db_handle(statement_);
  if (bind_error_ != SQLITE_OK) {
    reset();
    return absl::InternalError("database: a value cannot be bound");
  }
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  absl::Status status;
  if (result != SQLITE_DONE) status = databaseError(connection, "a statement failed");
  reset();
  if (!status.ok()) return status;
  return false;
}

absl::Status Database::Statement::run() {
  const auto has_row = step();
  if (has_row.ok() && *has_row) reset();
  return has_row.status();
}

absl::StatusOr<std::int64_t> Database::Statement::count() {
  const auto has_row = step();
  if (!has_row.ok()) return has_row.status();
  if (!*has_row) return absl::InternalError("database: a number is missing");
  const std::int64_t number = integer(0);
  reset();
  return number;
}

void Database::Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  bind_error_ = SQLITE_OK;
}

std::int64_t Database::Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Database::Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

bool Database::Statement::isNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

}  // namespace owpool::daemon
