#include <catch2/catch.hpp>
#include <cerrno>
#include <fstream>

#include "owpoold/config/pool_options.h"
#include "owpoold/operation/preflight.h"
#include "owpoold/operation/program_version.h"
#include "owpoold/service_options.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

// A machine on which everything is well.
SystemFacts wellFacts() {
  SystemFacts facts;
  facts.state_dir = "/var/lib/owpool";
  facts.listen_address = "127.0.0.1";
  facts.listen_port = 3233;
  facts.runtimes_file = "/r.json";
  facts.user_memory = ByteSize::mebibytes(1024);
  facts.stem_cell_memory = ByteSize::mebibytes(512);
  facts.containers_max = 10;
  facts.connections_max = 256;
  facts.threads_max = 36;
  facts.programs = {{"nodejs:20", "node", "/usr/bin/node", "v20.1.0", ""},
                    {"python:3", "python3", "/usr/bin/python3", "Python 3.11.2", ""}};
  facts.file_system = "ext4";
  facts.space_free = ByteSize::mebibytes(5000);
  facts.machine_memory = ByteSize::mebibytes(8192);
  facts.memory_limits = SystemFacts::MemoryLimits::ByCgroup;
  facts.open_files_max = 1024;
  facts.tasks_max = 10000;
  facts.unix_seconds = 1800000000;
  return facts;
}

TEST_CASE("a machine on which all is well has no finding but that") {
  const auto findings = preflight(wellFacts());
  CHECK(findings.size() == 12);
  for (const Finding& finding : findings) {
    CAPTURE(finding.subject, finding.found);
    CHECK(finding.verdict == Verdict::Ok);
    CHECK(finding.fix.empty());
    CHECK_FALSE(finding.found.empty());
  }
}

struct Row {
  std::string name;
  void (*spoil)(SystemFacts&);
  Finding (*check)(const SystemFacts&);
  Verdict verdict;
  std::string found;
  std::string fix;
};

const Row kRows[] = {
    {"a state directory that cannot be used",
     [](SystemFacts& f) { f.state_dir_status = absl::FailedPreconditionError("/x: denied"); },
     checkStateDirectory, Verdict::Fail, "/x: denied", "--state-dir=DIR"},
    {"a state directory in memory", [](SystemFacts& f) { f.file_system = "tmpfs"; },
     checkStateDirectory, Verdict::Warn, "gone after a reboot", "--state-dir=DIR on a disk"},
    {"a state directory on the network", [](SystemFacts& f) { f.file_system = "nfs"; },
     checkStateDirectory, Verdict::Warn, "WAL mode", "local disk"},
    {"a file system that nobody knows", [](SystemFacts& f) { f.file_system = ""; },
     checkStateDirectory, Verdict::Ok, "/var/lib/owpool", ""},
    {"a state directory with a path too long for sockets",
     [](SystemFacts& f) { f.state_dir_max = 10; }, checkStateDirectory, Verdict::Fail,
     "has 15 characters", "shorter path"},
    {"no space", [](SystemFacts& f) { f.space_free = ByteSize::bytes(4096); }, checkSpace,
     Verdict::Fail, "0m free, less than 1m", "df /var/lib/owpool"},
    {"little space", [](SystemFacts& f) { f.space_free = ByteSize::mebibytes(100); }, checkSpace,
     Verdict::Warn, "100m free", "--activations-max"},
    {"a damaged database",
     [](SystemFacts& f) { f.database_status = absl::InternalError("not a database"); },
     checkDatabase, Verdict::Fail, "not a database", "mv /var/lib/owpool/owpoold.db"},
    {"a database that cannot be opened for want of space",
     [](SystemFacts& f) {
       f.space_free = ByteSize();
       f.database_status = absl::InternalError("disk is full");
     },
     checkDatabase, Verdict::Fail, "disk is full", "see the space for records"},
    {"a port in use", [](SystemFacts& f) { f.listen_error = EADDRINUSE; }, checkAddress,
     Verdict::Fail, "in use", "ss -ltnp 'sport = :3233'"},
    {"a port that needs a privilege", [](SystemFacts& f) { f.listen_error = EACCES; },
     checkAddress, Verdict::Fail, "denied", "CAP_NET_BIND_SERVICE"},
    {"an address of another machine", [](SystemFacts& f) { f.listen_error = EADDRNOTAVAIL; },
     checkAddress, Verdict::Fail, "assign", "ip -brief address"},
    {"an address that others reach", [](SystemFacts& f) { f.listen_address = "0.0.0.0"; },
     checkPrivacy, Verdict::Warn, "unencrypted", "proxy with TLS"},
    {"too little memory for any action",
     [](SystemFacts& f) { f.user_memory = ByteSize::mebibytes(100); }, checkMemory,
     Verdict::Warn, "the smallest has 128m", "--user-memory=256m"},
    {"more memory than the machine has",
     [](SystemFacts& f) { f.machine_memory = ByteSize::mebibytes(1500); }, checkMemory,
     Verdict::Warn, "of 1500m that this machine has", "--user-memory=988m"},
    {"more memory than the control group may use",
     [](SystemFacts& f) { f.cgroup_memory = ByteSize::mebibytes(1000); }, checkMemory,
     Verdict::Warn, "of 1000m that this control group may use", "--user-memory=488m"},
    {"more stem cells than fit",
     [](SystemFacts& f) { f.machine_memory = ByteSize::mebibytes(600); }, checkMemory,
     Verdict::Warn, "512m for stem cells", "fewer stemCells in /r.json"},
    {"a control group without a limit",
     [](SystemFacts& f) { f.cgroup_memory = ByteSize::mebibytes(1 << 30); }, checkMemory,
     Verdict::Ok, "this machine has", ""},
    {"no control groups for memory",
     [](SystemFacts& f) { f.memory_limits = SystemFacts::MemoryLimits::ByProcess; },
     checkMemoryLimits, Verdict::Warn, "each process of a container is limited by itself",
     "--user-memory"},
    {"few open files", [](SystemFacts& f) { f.open_files_max = 256; }, checkOpenFiles,
     Verdict::Warn, "256 allowed", "ulimit -n 420, or LimitNOFILE=420"},
    {"few threads", [](SystemFacts& f) { f.tasks_max = 100; }, checkTasks, Verdict::Warn,
     "100 allowed", "TasksMax=452"},
    {"no limit of threads", [](SystemFacts& f) { f.tasks_max = std::nullopt; }, checkTasks,
     Verdict::Ok, "not limited", ""},
    {"a clock that was not set", [](SystemFacts& f) { f.unix_seconds = 42; }, checkClock,
     Verdict::Warn, "42 seconds since 1970", "timedatectl"},
    {"a clock far in the future", [](SystemFacts& f) { f.unix_seconds = 5000000000; },
     checkClock, Verdict::Warn, "5000000000", "timedatectl"},
};

TEST_CASE("each check finds what is wrong and names the fix") {
  for (const Row& row : kRows) {
    CAPTURE(row.name);
    SystemFacts facts = wellFacts();
    row.spoil(facts);
    const Finding finding = row.check(facts);
    CHECK(finding.verdict == row.verdict);
    CHECK_THAT(finding.found, Contains(row.found));
    CHECK_THAT(finding.fix, Contains(row.fix));
    CHECK(finding.fix.empty() == (finding.verdict == Verdict::Ok));
  }
}

TEST_CASE("a kind without its program is a warning, unless there is no other") {
  SystemFacts facts = wellFacts();
  facts.programs[0].problem = "no program node";
  auto findings = checkKinds(facts);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].verdict == Verdict::Warn);
  CHECK(findings[0].fix == "apt-get install nodejs");
  CHECK(findings[1].verdict == Verdict::Ok);
  CHECK(findings[1].found == "/usr/bin/python3, Python 3.11.2");
  facts.programs[1].problem = "no program python3";
  findings = checkKinds(facts);
  CHECK(findings[0].verdict == Verdict::Fail);
  CHECK(findings[1].verdict == Verdict::Fail);
  CHECK(findings[1].fix == "apt-get install python3");
  facts.programs[1].name = "/opt/mine";
  CHECK(checkKinds(facts)[1].fix == "process.command of this kind in /r.json");
}

TEST_CASE("kinds that nothing here can run are told once") {
  SystemFacts facts = wellFacts();
  facts.other_kinds = "php:8, ruby:2";
  const auto findings = checkKinds(facts);
  REQUIRE(findings.size() == 3);
  CHECK(findings[2].verdict == Verdict::Warn);
  CHECK_THAT(findings[2].found, Contains("php:8, ruby:2"));
}

TEST_CASE("a finding is a line, with its fix, in colour on request") {
  const Finding finding{Verdict::Warn, "memory", "too much", "--user-memory=1m"};
  CHECK(findingLine(finding, false) == "[WARN] memory: too much; fix: --user-memory=1m");
  CHECK(findingLine(finding, true) ==
        "\033[33m[WARN]\033[0m memory: too much; fix: --user-memory=1m");
  CHECK(findingLine({Verdict::Ok, "clock", "plausible", ""}, false) == "[OK] clock: plausible");
  CHECK(findingLine({Verdict::Fail, "a", "b", "c"}, false) == "[FAIL] a: b; fix: c");
}

TEST_CASE("one failure is a failure") {
  CHECK(reportPreflight({{Verdict::Ok, "a", "b", ""}, {Verdict::Warn, "a", "b", "c"}}));
  CHECK_FALSE(reportPreflight({{Verdict::Fail, "a", "b", "c"}, {Verdict::Ok, "a", "b", ""}}));
}

TEST_CASE("this machine is looked at") {
  const TempDir dir;
  Options options;
  options.state_dir = dir.path();
  options.listen_port = 0;
  const auto manifest = Manifest::parse(
      R"({"runtimes":{"python":[{"kind":"python:3","default":true,)"
      R"("stemCells":[{"initialCount":2,"memory":"256 MB"}],)"
      R"("process":{"command":["python3","x.py"]}}],)"
      R"("none":[{"kind":"none:1","default":true,"process":{"command":["/no/program"]}}]}})",
      "/r");
  REQUIRE(manifest.ok());
  const SystemFacts facts = gatherFacts(options, *manifest);
  CHECK(facts.listen_error == 0);
  CHECK(facts.stem_cell_memory == ByteSize::mebibytes(512));
  CHECK(facts.containers_max == 10);
  CHECK(facts.threads_max ==
        executorThreads(poolConfig(options, *manifest), options.action_concurrency_max));
  REQUIRE(facts.programs.size() == 2);
  CHECK_THAT(facts.programs[0].version, Contains("Python 3"));
  CHECK_THAT(facts.programs[1].problem, Contains("/no/program"));
  CHECK(*facts.space_free > ByteSize());
  CHECK(*facts.machine_memory > ByteSize::mebibytes(64));
  CHECK(facts.open_files_max > 0);
  CHECK(checkClock(facts).verdict == Verdict::Ok);
  options.listen_address = "192.0.2.1";  // Nobody's.
  CHECK(gatherFacts(options, *manifest).listen_error == EADDRNOTAVAIL);
}

TEST_CASE("a program's version is its first line, if it ends well and in time") {
  const TempDir dir;
  const auto program = [&](const std::string& name, const std::string& text) {
    const std::string path = dir.write(name, "#!/bin/sh\n" + text);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  };
  CHECK(*programVersion(program("good", "echo $1 1.2; echo more"), 10s) == "--version 1.2");
  CHECK_THAT(std::string(programVersion(program("bad", "echo broken; exit 3"), 10s)
                             .status()
                             .message()),
             Contains("fails: broken"));
  CHECK_FALSE(programVersion(program("mute", "exit 0"), 10s).ok());
  CHECK_FALSE(programVersion(program("slow", "sleep 100"), 50ms).ok());
  CHECK_FALSE(programVersion("/no/program", 10s).ok());
}

}  // namespace
}  // namespace owpool::daemon
