#include <string>
#include <vector>

#include "fmt/format.h"
#include "owpoolctl/commands.h"
#include "owpoolctl/fields.h"

namespace owpool::ctl {
namespace {

std::string ageText(const json::Value& container, std::string_view key) {
  const auto millis = numberOf(container, key);
  return millis ? durationText(*millis * 1000) : "-";
}

std::string orDash(std::string text) { return text.empty() ? "-" : text; }

std::vector<std::string> rowOf(const json::Value& container) {
  // "warmed" says less than which phase of it.
  const std::string phase = textOf(container, "phase");
  const auto limit = numberOf(container, "concurrency");
  return {fmt::format("{}", numberOf(container, "id").value_or(0)),
          phase.empty() ? textOf(container, "state") : phase,
          orDash(textOf(container, "kind")),
          orDash(textOf(container, "action")),
          orDash(textOf(container, "namespace")),
          sizeText(numberOf(container, "memory").value_or(0)),
          limit ? fmt::format("{}/{}", numberOf(container, "active").value_or(0), *limit) : "-",
          ageText(container, "idle_ms"),
          ageText(container, "age_ms"),
          orDash(textOf(container, "address"))};
}

}  // namespace

std::string containersText(const json::Value& answer) {
  std::vector<std::vector<std::string>> rows;
  for (const json::Value& container : elementsOf(answer, "containers")) {
    rows.push_back(rowOf(container));
  }
  return tableText({">ID", "STATE", "KIND", "ACTION", "NAMESPACE", ">MEMORY", ">ACTIVE", ">IDLE",
                    ">AGE", "ADDRESS"},
                   rows);
}

absl::Status runPs(const Session& session) {
  const auto answer = session.client.get("/containers");
  if (!answer.ok()) return answer.status();
  if (session.arguments.has("json")) {
    fmt::print("{}\n", answer->text());
  } else {
    fmt::print("{}", containersText(*answer));
  }
  return absl::OkStatus();
}

}  // namespace owpool::ctl
