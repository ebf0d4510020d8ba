// SQLite with values, statuses and statements that clean up after themselves.
#ifndef OWPOOLD_RECORDS_DATABASE_H_
#define OWPOOLD_RECORDS_DATABASE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace owpool::daemon {

// One connection. Not thread-safe.
class Database {
 public:
  // Makes the file if it is missing. Write-ahead log; a write is safe from a crash
  // of this process, and the last ones may be lost if the machine crashes. The log
  // is written back by the thousand pages and does not stay larger than 8 MiB.
  static absl::StatusOr<std::unique_ptr<Database>> open(const std::string& path);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Statements without parameters or rows; several, parted by ';'.
  absl::Status execute(const std::string& sql);

  // One statement, compiled once. Used as: bind, then step() until it says false or
  // fails; afterwards it is ready to be bound again.
  class Statement {
   public:
    Statement() = default;
    ~Statement();
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;

    // By position, from 1.
    Statement& bind(int position, std::int64_t value);
    Statement& bind(int position, std::string_view value);
    Statement& bindNull(int position);

    // True: there is a row.
    absl::StatusOr<bool> step();
    // step() for a statement that has no rows.
    absl::Status run();
    // step() for a statement that has one row of one number.
    absl::StatusOr<std::int64_t> count();
    // Ends a series of step() before the last row.
    void reset();

    // By position, from 0. REQUIRES: step() was true.
    std::int64_t integer(int column) const;
    std::string text(int column) const;
    bool isNull(int column) const;

   private:
    friend class Database;
    sqlite3_stmt* statement_ = nullptr;
    int bind_error_ = 0;
  };
  absl::StatusOr<Statement> prepare(const std::string& sql);

  // Rows changed by the last statement.
  int changes() const;

 private:
  explicit Database(sqlite3* connection) : connection_(connection) {}
  sqlite3* connection_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_RECORDS_DATABASE_H_
