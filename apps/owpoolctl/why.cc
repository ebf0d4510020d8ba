#include <algorithm>

#include "fmt/format.h"
#include "owpoolctl/commands.h"
#include "owpoolctl/terminal.h"
#include "owpoolctl/why_text.h"

namespace owpool::ctl {

absl::Status runWhy(const Session& session) {
  const std::string& id = session.arguments.operands[0];
  if (id.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
    return absl::InvalidArgumentError(
        "an activation id has 32 hexadecimal digits, or the first 6 or more");
  }
  const auto answer = session.client.get("/activations/" + id);
  if (!answer.ok()) return answer.status();
  if (session.arguments.has("json")) {
    fmt::print("{}\n", answer->text());
    return absl::OkStatus();
  }
  constexpr std::size_t kWidthMin = 40;
  constexpr std::size_t kWidthMax = 100;
  const std::size_t width = std::clamp(terminalSize().columns, kWidthMin, kWidthMax);
  fmt::print("{}", whyText(*answer, width, session.style));
  return absl::OkStatus();
}

}  // namespace owpool::ctl
