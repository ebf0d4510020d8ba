#include "owpoold/operation/preflight.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "fmt/format.h"
#include "owpoold/operation/log.h"

namespace owpool::daemon {
namespace {

constexpr ByteSize kMiB = ByteSize::mebibytes(1);

std::string megabytes(ByteSize size) { return fmt::format("{}m", size.count() / kMiB.count()); }

bool isOneOf(const std::string& text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string packageOf(const std::string& program) {
  if (program.rfind("node", 0) == 0) return "nodejs";
  if (program.rfind("python3", 0) == 0) return "python3";
  return "";
}

}  // namespace

std::vector<Finding> preflight(const SystemFacts& facts) {
  std::vector<Finding> all{checkStateDirectory(facts), checkSpace(facts), checkDatabase(facts),
                           checkAddress(facts), checkPrivacy(facts)};
  for (Finding& finding : checkKinds(facts)) all.push_back(std::move(finding));
  if (facts.engine) {
    all.push_back(checkEngine(*facts.engine));
    if (facts.engine->reachable.ok()) {
      for (Finding& finding : checkImages(*facts.engine)) all.push_back(std::move(finding));
      all.push_back(checkEngineLimits(*facts.engine));
    }
  } else {
    all.push_back(checkMemoryLimits(facts));
  }
  for (const auto& check : {checkMemory, checkOpenFiles, checkTasks, checkClock}) {
    all.push_back(check(facts));
  }
  return all;
}

Finding checkStateDirectory(const SystemFacts& facts) {
  const std::string subject = "state directory";
  const std::string& type = facts.file_system;
  if (!facts.state_dir_status.ok()) {
    return {Verdict::Fail, subject, std::string(facts.state_dir_status.message()),
            "--state-dir=DIR with a directory that this user may write and no other owpoold uses"};
  }
  if (facts.state_dir_max > 0 && facts.state_dir.size() > facts.state_dir_max) {
    return {Verdict::Fail, subject,
            fmt::format("{} has {} characters, and a socket below it no room: {} may be",
                        facts.state_dir, facts.state_dir.size(), facts.state_dir_max),
            "--state-dir=DIR with a shorter path"};
  }
  const std::string where =
      type.empty() ? facts.state_dir : fmt::format("{} on {}", facts.state_dir, type);
  if (isOneOf(type, {"tmpfs", "ramfs"})) {
    return {Verdict::Warn, subject, where + ", which is memory: it is gone after a reboot",
            "--state-dir=DIR on a disk"};
  }
  if (isOneOf(type, {"nfs", "cifs", "9p", "fuse"})) {
    return {Verdict::Warn, subject, where + ", where a database in WAL mode may not be safe",
            "--state-dir=DIR on a local disk"};
  }
  return {Verdict::Ok, subject, where, ""};
}

Finding checkSpace(const SystemFacts& facts) {
  const std::string subject = "space for records";
  const std::string fix = fmt::format("free some (df {}), or --activations-max", facts.state_dir);
  if (!facts.space_free) return {Verdict::Ok, subject, "not known", ""};
  const std::string found = megabytes(*facts.space_free) + " free";
  if (*facts.space_free < kMiB) {
    return {Verdict::Fail, subject, found + ", less than 1m", fix};
  }
  if (*facts.space_free < ByteSize::mebibytes(256)) return {Verdict::Warn, subject, found, fix};
  return {Verdict::Ok, subject, found, ""};
}

Finding checkDatabase(const SystemFacts& facts) {
  if (facts.database_status.ok()) return {Verdict::Ok, "database", "opens", ""};
  // Where the cause is told already, moving the records away would only lose them.
  std::string fix = fmt::format("if it is damaged: mv {0}/owpoold.db {0}/owpoold.db.old",
                                facts.state_dir);
  if (checkSpace(facts).verdict == Verdict::Fail) fix = "see the space for records";
  if (!facts.state_dir_status.ok()) fix = "see the state directory";
  return {Verdict::Fail, "database", std::string(facts.database_status.message()), fix};
}

Finding checkAddress(const SystemFacts& facts) {
  const std::string subject = "address";
  const std::string where = fmt::format("{} port {}", facts.listen_address, facts.listen_port);
  if (facts.listen_error == 0) return {Verdict::Ok, subject, where + " is free", ""};
  std::string fix = "--listen=ADDRESS:PORT with an address of this machine (ip -brief address)";
  if (facts.listen_error == EADDRINUSE) {
    fix = fmt::format("--listen with another port, or end what listens: ss -ltnp 'sport = :{}'",
                      facts.listen_port);
  } else if (facts.listen_error == EACCES) {
    fix = "--listen with a port from 1024 on, or CAP_NET_BIND_SERVICE";
  }
  return {Verdict::Fail, subject,
          fmt::format("{}: {}", where, std::generic_category().message(facts.listen_error)), fix};
}

Finding checkPrivacy(const SystemFacts& facts) {
  const std::string& address = facts.listen_address;
  if (address.rfind("127.", 0) == 0 || address == "::1" || address == "localhost") {
    return {Verdict::Ok, "privacy", "only this machine reaches the address", ""};
  }
  return {Verdict::Warn, "privacy",
          "other machines reach this address; keys and all else cross the network unencrypted, "
          "and who has a key runs programs here",
          "--listen=127.0.0.1:3233 behind a proxy with TLS"};
}

std::vector<Finding> checkKinds(const SystemFacts& facts) {
  const auto runs = [](const SystemFacts::Program& program) { return program.problem.empty(); };
  const bool any_runs = std::any_of(facts.programs.begin(), facts.programs.end(), runs);
  std::vector<Finding> findings;
  for (const auto& program : facts.programs) {
    const std::string subject = "kind " + program.kind;
    if (runs(program)) {
      const std::string version = program.version.empty() ? "" : ", " + program.version;
      findings.push_back({Verdict::Ok, subject, program.path + version, ""});
      continue;
    }
    const std::string package = packageOf(program.name);
    findings.push_back({any_runs ? Verdict::Warn : Verdict::Fail, subject, program.problem,
                        package.empty() ? fmt::format("process.command of this kind in {}",
                                                      facts.runtimes_file)
                                        : "apt-get install " + package});
  }
  if (!facts.other_kinds.empty()) {
    findings.push_back({Verdict::Warn, "other kinds",
                        fmt::format("there is no way to run {} here", facts.other_kinds),
                        fmt::format("{} of these in {}",
                                    facts.engine ? "image" : "process.command",
                                    facts.runtimes_file)});
  }
  return findings;
}

Finding checkMemory(const SystemFacts& facts) {
  const std::string subject = "memory";
  if (facts.user_memory < ByteSize::mebibytes(128)) {
    return {Verdict::Warn, subject,
            megabytes(facts.user_memory) + " for actions, and the smallest has 128m",
            "--user-memory=256m"};
  }
  if (!facts.machine_memory) return {Verdict::Ok, subject, "that of the machine is not known", ""};
  const bool is_limited = facts.cgroup_memory && *facts.cgroup_memory < *facts.machine_memory;
  const ByteSize there = is_limited ? *facts.cgroup_memory : *facts.machine_memory;
  const ByteSize wanted = facts.user_memory + facts.stem_cell_memory;
  const std::string found = fmt::format(
      "{} for actions and {} for stem cells, of {} that {}", megabytes(facts.user_memory),
      megabytes(facts.stem_cell_memory), megabytes(there),
      is_limited ? "this control group may use" : "this machine has");
  if (wanted <= there) return {Verdict::Ok, subject, found, ""};
  const ByteSize left = there - facts.stem_cell_memory;
  return {Verdict::Warn, subject,
          found + ": if all of it is used, the kernel ends processes",
          left >= ByteSize::mebibytes(256)
              ? fmt::format("--user-memory={}", megabytes(left))
              : fmt::format("fewer stemCells in {}", facts.runtimes_file)};
}

Finding checkMemoryLimits(const SystemFacts& facts) {
  const std::string subject = "memory limits";
  if (facts.memory_limits == SystemFacts::MemoryLimits::ByCgroup) {
    return {Verdict::Ok, subject, "a control group for each container", ""};
  }
  return {Verdict::Warn, subject,
          "no memory control group can be made: each process of a container is limited by itself, "
          "and one that was too large is not told from one that crashed",
          "run it where its own control group of memory is writable; else leave the machine some "
          "memory with a smaller --user-memory"};
}

Finding checkOpenFiles(const SystemFacts& facts) {
  // A container: its socket, two pipes, three of control groups, a connection, to spare.
  constexpr std::int64_t kOfContainer = 10;
  constexpr std::int64_t kOwn = 64;
  const std::int64_t needed =
      kOwn + facts.connections_max + kOfContainer * facts.containers_max;
  const std::string found =
      fmt::format("{} allowed; {} connections and {} containers may need {}", facts.open_files_max,
                  facts.connections_max, facts.containers_max, needed);
  if (needed <= facts.open_files_max) return {Verdict::Ok, "open files", found, ""};
  return {Verdict::Warn, "open files", found,
          fmt::format("ulimit -n {0}, or LimitNOFILE={0} in the unit", needed)};
}

Finding checkTasks(const SystemFacts& facts) {
  // Node.js has eleven threads, and an action may start a few of its own. Of an engine's
  // containers we have one each, for its log.
  const std::int64_t of_container = facts.engine ? 1 : 16;
  if (!facts.tasks_max) return {Verdict::Ok, "threads", "not limited", ""};
  const std::int64_t needed =
      facts.threads_max + facts.connections_max + of_container * facts.containers_max;
  const std::string found =
      fmt::format("{} allowed; {} connections and {} containers may need {}", *facts.tasks_max,
                  facts.connections_max, facts.containers_max, needed);
  if (needed <= *facts.tasks_max) return {Verdict::Ok, "threads", found, ""};
  return {Verdict::Warn, "threads", found,
          fmt::format("ulimit -u {0}, or TasksMax={0} in the unit", needed)};
}

Finding checkClock(const SystemFacts& facts) {
  constexpr std::int64_t kYear2025 = 1735689600;
  constexpr std::int64_t kYear2100 = 4102444800;
  if (facts.unix_seconds >= kYear2025 && facts.unix_seconds < kYear2100) {
    return {Verdict::Ok, "clock", "plausible", ""};
  }
  return {Verdict::Warn, "clock",
          fmt::format("it says {} seconds since 1970: records will have wrong times",
                      facts.unix_seconds),
          "timedatectl set-ntp true"};
}

std::string findingLine(const Finding& finding, bool in_colour) {
  static constexpr std::string_view kNames[] = {"[OK]", "[WARN]", "[FAIL]"};
  static constexpr std::string_view kColours[] = {"\033[32m", "\033[33m", "\033[31m"};
  const auto index = static_cast<std::size_t>(finding.verdict);
  const std::string mark = in_colour ? fmt::format("{}{}\033[0m", kColours[index], kNames[index])
                                     : std::string(kNames[index]);
  const std::string fix = finding.fix.empty() ? "" : "; fix: " + finding.fix;
  return fmt::format("{} {}: {}{}", mark, finding.subject, finding.found, fix);
}

bool reportPreflight(const std::vector<Finding>& findings) {
  static constexpr LogLevel kLevels[] = {LogLevel::Info, LogLevel::Warning, LogLevel::Error};
  const bool in_colour = ::isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  bool is_ready = true;
  for (const Finding& finding : findings) {
    const LogLevel level = kLevels[static_cast<std::size_t>(finding.verdict)];
    if (logFormat() == LogFormat::Json) {
      log(level, "preflight",
          {{"check", finding.subject}, {"found", finding.found}, {"fix", finding.fix}});
    } else if (isLogged(level)) {
      logPlain(level, findingLine(finding, in_colour));
    }
    is_ready = is_ready && finding.verdict != Verdict::Fail;
  }
  return is_ready;
}

}  // namespace owpool::daemon
