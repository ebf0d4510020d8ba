// Reads an object of a configuration file member by member. Every error names the
// place and the rule; only the first is kept.
#ifndef OWPOOLD_CONFIG_OBJECT_READER_H_
#define OWPOOLD_CONFIG_OBJECT_READER_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "json/json.h"
#include "owpool/units.h"

namespace owpool::daemon {

// A value and where it stands, e.g. "runtimes.nodejs[0]"; the whole text is "".
struct PlacedValue {
  json::Value value;
  std::string place;

  // INVALID_ARGUMENT: "runtimes.nodejs[0]: must be an object".
  absl::Status broken(std::string_view rule) const;
  // The elements of an array, each with its own place.
  std::vector<PlacedValue> elements() const;
};

class ObjectReader {
 public:
  // It is an error if the value is no object, or has a member that is not "known".
  ObjectReader(const PlacedValue& object, const std::vector<std::string>& known);

  std::optional<PlacedValue> member(std::string_view name) const;

  // Each leaves the field alone if there is no such member.
  void read(std::string_view name, bool& field);
  void read(std::string_view name, std::string& field);  // Not empty.
  void read(std::string_view name, int& field, int min, int max);
  void read(std::string_view name, ByteSize& field);  // More than 0.
  void read(std::string_view name, Duration& field);  // More than 0; "2 minutes" too.
  // It is an error if it is not there.
  void require(std::string_view name);

  void fail(absl::Status status) { status_.Update(status); }
  const absl::Status& status() const { return status_; }

 private:
  PlacedValue object_;
  std::vector<std::pair<std::string, json::Value>> members_;
  absl::Status status_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_OBJECT_READER_H_
