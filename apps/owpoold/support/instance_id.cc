#include "owpoold/support/instance_id.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "owpoold/support/files.h"
#include "owpoold/support/random.h"

namespace owpool::daemon {
namespace {

constexpr std::size_t kSize = 16;

}  // namespace

absl::StatusOr<std::string> instanceId(const std::string& state_dir) {
  const std::string path = state_dir + "/instance";
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    auto id = readFile(path, ByteSize::bytes(256));
    if (!id.ok()) return id;
    absl::StripAsciiWhitespace(&*id);
    const bool is_plain = std::all_of(id->begin(), id->end(), [](char c) {
      return absl::ascii_isalnum(static_cast<unsigned char>(c));
    });
    if (id->size() == kSize && is_plain) return id;
    return absl::FailedPreconditionError(fmt::format(
        "{}: is damaged. Without it containers of an earlier run are not found: remove those "
        "with the label org.owpool.instance, then this file", path));
  }
  std::string id = randomLettersAndDigits(kSize);
  absl::AsciiStrToLower(&id);
  // Complete or not there at all, whenever we are killed.
  const std::string unfinished = path + ".new";
  std::ofstream file(unfinished, std::ios::trunc);
  file << id << '\n';
  file.close();
  if (file) std::filesystem::rename(unfinished, path, error);
  if (!file || error) {
    return absl::FailedPreconditionError(fmt::format("{}: cannot be written", path));
  }
  return id;
}

}  // namespace owpool::daemon
