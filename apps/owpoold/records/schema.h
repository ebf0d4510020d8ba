// The tables of DIR/owpoold.db, and how those of an older owpoold become them.
#ifndef OWPOOLD_RECORDS_SCHEMA_H_
#define OWPOOLD_RECORDS_SCHEMA_H_

#include "absl/status/status.h"
#include "owpoold/records/database.h"

namespace owpool::daemon {

// Makes the tables in a new database; brings an older one up to date, all or nothing.
// What one of version 1 has belongs to the namespace of number 1 from then on, which is
// the first to be inserted. FAILED_PRECONDITION, without the file's name: a newer
// owpoold wrote it, it is damaged, or it is not ours.
absl::Status prepareSchema(Database& database);

// Whether prepareSchema() would do, with the same errors. Changes nothing.
absl::Status checkSchema(Database& database);

}  // namespace owpool::daemon

#endif  // OWPOOLD_RECORDS_SCHEMA_H_
