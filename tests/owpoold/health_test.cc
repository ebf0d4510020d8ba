#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "api_harness.h"
#include "owpoold/operation/live_checks.h"
#include "owpoold/operation/monitor.h"

namespace owpool::daemon {
namespace {

using namespace std::chrono_literals;
using Fields = std::vector<std::pair<std::string, std::string>>;
using Probe = HealthBoard::Probe;

const std::vector<HealthBoard::Entry> kEntries = {
    {"pool", Probe::Live, ""}, {"records", Probe::Ready, "the disk is full"}};

http::Response answer(const std::vector<HealthBoard::Entry>& entries, Fields query = {},
                      const std::string& check = "") {
  http::Request request;
  request.query_fields = std::move(query);
  return healthAnswer("readyz", check, entries, request);
}

TEST_CASE("health is answered in the way of Kubernetes") {
  struct Row {
    Fields query;
    std::string check;
    int status;
    std::string body;
  };
  for (const Row& row : {
           Row{{}, "", 503, "[+]pool ok\n[-]records failed: the disk is full\n"
                            "readyz check failed\n"},
           Row{{{"exclude", "records"}}, "", 200, "ok"},
           Row{{{"exclude", "records"}, {"verbose", ""}}, "", 200,
               "[+]pool ok\n[+]records excluded: ok\nreadyz check passed\n"},
           Row{{{"exclude", "pool"}, {"exclude", "records"}, {"verbose", "1"}}, "", 200,
               "[+]pool excluded: ok\n[+]records excluded: ok\nreadyz check passed\n"},
           Row{{{"exclude", "record"}}, "", 503,
               "[+]pool ok\n[-]records failed: the disk is full\n"
               "warn: some health checks cannot be excluded: no matches for \"record\"\n"
               "readyz check failed\n"},
           Row{{}, "pool", 200, "ok"},
           Row{{}, "records", 503, "[-]records failed: the disk is full\nreadyz check failed\n"},
           Row{{}, "disk", 404, "readyz has no check of that name\n"},
       }) {
    CAPTURE(row.body);
    const auto response = answer(kEntries, row.query, row.check);
    CHECK(response.status == row.status);
    CHECK(response.body == row.body);
    CHECK(headerOf(response, "Cache-Control") == "no-store");
  }
  CHECK(answer({{"pool", Probe::Live, ""}}).body == "ok");
}

TEST_CASE("what is not alive is not ready, but what is not ready is alive") {
  HealthBoard board = newHealthBoard();
  CHECK(board.isLive());
  board.set("shutdown", "it shuts down");
  CHECK(board.isLive());
  CHECK(board.entries(Probe::Live).size() < board.entries(Probe::Ready).size());
  board.set("deadlines", "late");
  CHECK_FALSE(board.isLive());
  CHECK(answer(board.entries(Probe::Ready), {}, "deadlines").status == 503);
}

TEST_CASE("the routes of operation answer without a key, to GET and HEAD only") {
  ApiHarness api;
  const http::Headers no_key = {{"Authorization", ""}};
  for (const char* target :
       {"/livez", "/readyz", "/livez/deadlines", "/readyz/kinds", "/metrics"}) {
    CAPTURE(target);
    CHECK(api.call("GET", target, "", no_key).status == 200);
    CHECK(api.call("HEAD", target, "", no_key).status == 200);
    CHECK(api.call("POST", target, "", no_key).status == 405);
  }
  CHECK(api.call("GET", "/readyz/nothing", "", no_key).status == 404);
  CHECK(api.call("GET", "/readyz/kinds/more", "", no_key).status == 404);
  CHECK(api.call("GET", "/metrics/x", "", no_key).status == 404);
  api.board.set("shutdown", "it shuts down");
  CHECK(api.call("GET", "/livez", "", no_key).status == 200);
  CHECK(api.call("GET", "/readyz", "", no_key).status == 503);
}

TEST_CASE("deadlines are served unless the next one is long past") {
  const TimePoint now(1h);
  CHECK(deadlinesProblem(std::nullopt, now).empty());
  CHECK(deadlinesProblem(now + 5s, now).empty());
  CHECK(deadlinesProblem(now - 5s, now).empty());
  CHECK_FALSE(deadlinesProblem(now - 11s, now).empty());
}

TEST_CASE("one kind whose program is there is enough") {
  const auto problemOf = [](const std::string& first, const std::string& second) {
    auto manifest = *Manifest::parse(
        R"({"runtimes":{"a":[{"kind":"a:1","default":true,"process":{"command":[")" + first +
            R"("]}}],"b":[{"kind":"b:1","default":true,"process":{"command":[")" + second +
            R"("]}}]}})",
        "/r");
    return kindsProblem(manifest);
  };
  CHECK(problemOf("sh", "sh").empty());
  CHECK(problemOf("/no/program", "sh").empty());
  CHECK_FALSE(problemOf("/no/program", "no-such-program").empty());
}

// As good as a full disk.
struct NoFileGrows {
  NoFileGrows() {
    ::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit tiny{1, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &tiny) == 0);
  }
  ~NoFileGrows() { ::setrlimit(RLIMIT_FSIZE, &before); }
  rlimit before{};
};

TEST_CASE("records that could not be written are a problem until they can be again") {
  const TempDir dir;
  auto store = *Store::open(dir.path() + "/owpoold.db", [] { return std::int64_t{0}; });
  ActivationMetrics metrics;
  CHECK(recordsProblem(dir.path(), metrics, *store).empty());
  metrics.countUnrecorded();
  {
    const NoFileGrows full_disk;
    CHECK_FALSE(recordsProblem(dir.path(), metrics, *store).empty());
    CHECK(metrics.lastRecordFailed());
  }
  CHECK(recordsProblem(dir.path(), metrics, *store).empty());
  CHECK_FALSE(metrics.lastRecordFailed());
  CHECK(metrics.counts().unrecorded_total == 1);
}

TEST_CASE("the monitor notes what it finds, again and again") {
  HealthBoard board = newHealthBoard();
  const ServiceManager manager({"/does/not/exist", "30000", ""}, 1);  // A turn each 10 ms.
  std::atomic<bool> is_full{false};
  std::atomic<int> asked{0};
  Monitor monitor({board, manager, [&] { return ++asked > 0; }},
                  {{"records", [&] { return is_full ? "full" : ""; }}});
  CHECK(monitor.checks()[0].problem.empty());
  CHECK(monitor.lastTurn() > 1.6e9);
  const auto recordsFail = [&] {
    return answer(board.entries(Probe::Ready), {}, "records").status == 503;
  };
  CHECK_FALSE(recordsFail());
  is_full = true;
  monitor.start();
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (!recordsFail() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  CHECK(recordsFail());
  while (asked < 3 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  CHECK(asked >= 3);  // Records that fail are no reason to be ended by the watchdog.
}

}  // namespace
}  // namespace owpool::daemon
