#include "owpoold/operation/health_board.h"

#include <algorithm>
#include <set>
#include <utility>

#include "fmt/format.h"

namespace owpool::daemon {
namespace {

http::Response plain(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  response.content_type = "text/plain; charset=utf-8";
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

// Unknown ones are named, since a typing error would otherwise exclude nothing unnoticed.
std::string warningOf(const std::set<std::string>& unknown) {
  if (unknown.empty()) return "";
  std::string names;
  for (const std::string& name : unknown) {
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ",", name);
  }
  return fmt::format("warn: some health checks cannot be excluded: no matches for {}\n", names);
}

}  // namespace

void HealthBoard::set(std::string_view name, std::string problem) {
  const std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.name == name) entry.problem = std::move(problem);
  }
}

std::vector<HealthBoard::Entry> HealthBoard::entries(Probe probe) const {
  const std::lock_guard lock(mutex_);
  std::vector<Entry> chosen;
  for (const Entry& entry : entries_) {
    if (probe == Probe::Ready || entry.probe == Probe::Live) chosen.push_back(entry);
  }
  return chosen;
}

bool HealthBoard::isLive() const {
  const auto live = entries(Probe::Live);
  return std::all_of(live.begin(), live.end(),
                     [](const Entry& entry) { return entry.problem.empty(); });
}

http::Response healthAnswer(std::string_view endpoint, std::string_view check,
                            const std::vector<HealthBoard::Entry>& entries,
                            const http::Request& request) {
  std::set<std::string> excluded;
  bool is_verbose = false;
  for (const auto& [name, value] : request.query_fields) {
    if (name == "exclude") excluded.insert(value);
    if (name == "verbose") is_verbose = true;
  }
  std::string lines;
  bool is_well = true;
  bool is_known = check.empty();
  for (const auto& entry : entries) {
    if (!check.empty() && entry.name != check) continue;
    is_known = true;
    if (excluded.erase(entry.name) > 0) {
      lines += fmt::format("[+]{} excluded: ok\n", entry.name);
    } else if (entry.problem.empty()) {
      lines += fmt::format("[+]{} ok\n", entry.name);
    } else {
      lines += fmt::format("[-]{} failed: {}\n", entry.name, entry.problem);
      is_well = false;
    }
  }
  if (!is_known) return plain(404, fmt::format("{} has no check of that name\n", endpoint));
  if (is_well && !is_verbose) return plain(200, "ok");
  return plain(is_well ? 200 : 503, fmt::format("{}{}{} check {}\n", lines, warningOf(excluded),
                                                endpoint, is_well ? "passed" : "failed"));
}

}  // namespace owpool::daemon
