#include "os/system_error.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace owpool::os {

absl::Status systemError(std::string_view what, int error_number) {
  std::string message =
      fmt::format("{}: {}", what, std::generic_category().message(error_number));
  switch (error_number) {
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::InternalError(message);
  }
}

}  // namespace owpool::os
