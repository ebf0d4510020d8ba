// From the pool's decisions to what "why" says of them.
#include "owpoolctl/why_text.h"

#include <algorithm>
#include <string>
#include <vector>

#include "owpoold/admin/routes.h"
#include "tests/owpoolctl/told_pool.h"

namespace owpool::ctl {
namespace {

using Lines = std::vector<std::string>;

const std::string kNoStemCells =
    "No stem cells (started containers that hold no code yet) of nodejs:20 are kept.";
const std::string kAddStemCell =
    "a stem cell of nodejs:20 with 256 MB (\"stemCells\" in the runtimes manifest)";

TEST_CASE("why tells a first cold start on one screen") {
  ToldPool pool;
  pool.now += 5min;
  pool.arrive(1, named("hello"));
  pool.started(1, 300ms);
  pool.initialized(1, 200ms);
  pool.completed(1, 1, 5ms);
  CHECK(whyText(pool.story(1), 80, {}) ==
        "Activation 00000000000000000000000000000001\n"
        "of guest/hello 0.0.1 (nodejs:20 with 256 MB), 2023-11-14 22:13:20 UTC\n"
        "\n"
        "Cold start: container #1 was started for it, and then had to take the action's\n"
        "code. It began to run 500 ms after it arrived.\n"
        "\n"
        "Why\n"
        "  There was no container of this action: it had not been invoked since owpoold\n"
        "  started.\n"
        "  No stem cells (started containers that hold no code yet) of nodejs:20 are\n"
        "  kept.\n"
        "\n"
        "When\n"
        "       +0 µs  arrives\n"
        "       +0 µs  is given container #1, which is being started\n"
        "     +300 ms  #1 has started\n"
        "     +300 ms  takes the action's code (/init)\n"
        "     +500 ms  has taken the code\n"
        "     +500 ms  runs (/run)\n"
        "     +505 ms  has ended\n"
        "     +505 ms  is answered\n"
        "\n"
        "What would have avoided it\n"
        "  - a stem cell of nodejs:20 with 256 MB (\"stemCells\" in the runtimes manifest)\n");
}

TEST_CASE("a warm start needs no reasons and no advice") {
  ToldPool pool;
  pool.makeIdle(1, 1, named("hello"));
  pool.after(2s);
  pool.arrive(2, named("hello"));
  pool.completed(1, 2, 3ms);
  const auto story = pool.story(2);
  CHECK(headline(story) ==
        "Warm start: container #1 had this action's code already and was free. It began to run "
        "at once.");
  CHECK(reasons(story).empty());
  CHECK(advice(story).empty());
  CHECK(timeline(story) == Lines{"       +0 µs  arrives", "       +0 µs  is given container #1",
                                 "       +0 µs  runs (/run)", "     +3.0 ms  has ended",
                                 "     +3.0 ms  is answered"});
}

TEST_CASE("a paused container's resume is told") {
  ToldPool pool;
  pool.makeIdle(1, 1, named("hello"));
  pool.after(11s);
  pool.handle(event::ContainerPaused{{1}});
  pool.arrive(2, named("hello"));
  pool.now += 20ms;
  pool.handle(event::ContainerResumed{{1}});
  const auto story = pool.story(2);
  CHECK(headline(story) ==
        "Warm start: container #1 had this action's code already, and only had to be resumed. It "
        "began to run 20 ms after it arrived.");
  CHECK(timeline(story) == Lines{"       +0 µs  arrives", "       +0 µs  is given container #1",
                                 "       +0 µs  #1 is resumed", "      +20 ms  #1 goes on",
                                 "      +20 ms  runs (/run)"});
}

TEST_CASE("an activation may share the start of another one") {
  ToldPool pool;
  pool.arrive(1, named("hello", 256_MiB, "1", 2));
  pool.arrive(2, named("hello", 256_MiB, "1", 2));
  CHECK(headline(pool.story(2)) ==
        "Shared start: it was given to container #1, which another activation of the action was "
        "making ready.");
}

PoolConfig withStemCells(ByteSize memory, int count) {
  PoolConfig config = configOf(1024_MiB);
  config.prewarms = {{kNode, memory, count}};
  return config;
}

TEST_CASE("a stem cell that is taken is told with its age") {
  ToldPool pool(withStemCells(256_MiB, 1));
  pool.started(1, 100ms);
  pool.now += 1min;
  pool.arrive(7, named("hello"));
  pool.initialized(1, 40ms);
  const auto story = pool.story(7);
  CHECK(headline(story) ==
        "Prewarmed start: container #1, a stem cell, was started already and had only to take the "
        "action's code. It began to run 40 ms after it arrived.");
  CHECK(reasons(story) == Lines{"There was no container of this action: it had not been invoked "
                                "since owpoold started."});
  CHECK(advice(story).empty());
  CHECK(timeline(story).front() == "      -1 min  #1 is started as a stem cell");
}

TEST_CASE("why no stem cell was taken is told") {
  struct Row {
    ByteSize memory;
    int count;
    std::string reason, advice;
  };
  const auto row = GENERATE(
      Row{128_MiB, 2,
          "Stem cells of nodejs:20 are kept with 128 MB, but this action has 256 MB: a stem cell "
          "must have exactly the action's memory.",
          kAddStemCell},
      Row{256_MiB, 1, "All stem cells of nodejs:20 with 256 MB were taken, or still being started.",
          "more stem cells of nodejs:20 with 256 MB (\"stemCells\" in the runtimes manifest)"},
      Row{256_MiB, 0,
          "Stem cells of nodejs:20 with 256 MB are kept on demand, and none were called for at the "
          "time.",
          kAddStemCell});
  ToldPool pool(withStemCells(row.memory, row.count));  // None of them has started yet.
  pool.arrive(1, named("hello"));
  CHECK(reasons(pool.story(1)).at(1) == row.reason);
  CHECK(advice(pool.story(1)) == Lines{row.advice});
}

TEST_CASE("a container that idled too long is named, and how long it would have had to stay") {
  ToldPool pool;
  pool.makeIdle(1, 1, named("hello"));
  pool.after(10s);
  pool.handle(event::ContainerPaused{{1}});
  pool.after(10min);
  pool.removed(1);
  pool.after(2min);
  pool.arrive(2, named("hello"));
  const auto story = pool.story(2);
  CHECK(reasons(story) ==
        Lines{"There was no container of this action any more: its last one, #1, was removed since "
              "nobody had used it for 10 min (the idle timeout), 2 min 10 s before.",
              kNoStemCells});
  CHECK(advice(story) ==
        Lines{"a longer --idle-timeout (it is 10 min): the action came again after 12 min 10 s",
              kAddStemCell});
}

TEST_CASE("an eviction is told by both sides") {
  ToldPool pool(configOf(512_MiB));
  pool.makeIdle(1, 1, named("victim"));
  pool.now += 3s;
  pool.makeIdle(2, 2, named("other"));
  pool.arrive(3, named("greedy"));
  pool.removed(1, 50ms);
  const auto greedy = pool.story(3);
  CHECK(headline(greedy) ==
        "Cold start: container #3 was started for it, and then had to take the action's code.");
  CHECK(reasons(greedy) ==
        Lines{"There was no container of this action: it had not been invoked since owpoold "
              "started.",
              kNoStemCells,
              "The pool's memory was full, so an idle container was evicted for it: #1 of "
              "guest/victim (256 MB, unused for 3.0 s).",
              "It had to wait until the memory of containers that were being removed was free."});
  CHECK(advice(greedy) == Lines{"more --user-memory (it is 512 MB)", kAddStemCell});
  CHECK(timeline(greedy) ==
        Lines{"       +0 µs  arrives", "       +0 µs  #1 is evicted",
              "       +0 µs  waits for memory that is being freed",
              "      +50 ms  is given container #3, which is being started"});

  pool.started(3);
  pool.initialized(3);
  pool.completed(3, 3);
  pool.now += 7s;
  pool.arrive(4, named("victim"));
  CHECK(reasons(pool.story(4)) ==
        Lines{"It had to wait until the memory of containers that were being removed was free."});
  pool.removed(2);
  CHECK(reasons(pool.story(4)).front() ==
        "There was no container of this action any more: its last one, #1, was evicted to make "
        "room for guest/greedy (activation 00000000000000000000000000000003), 7.0 s before.");
}

TEST_CASE("an updated action's old container is no use") {
  ToldPool pool;
  pool.makeIdle(1, 1, named("hello"));
  pool.arrive(2, named("hello", 256_MiB, "2"));
  CHECK(reasons(pool.story(2)) ==
        Lines{"The action was updated since it ran last: its container #1 had taken version 0.0.1, "
              "this is 0.0.2, and a container runs one revision only.",
              kNoStemCells});
}

TEST_CASE("busy containers are counted") {
  ToldPool pool;
  pool.arrive(1, named("hello"));
  pool.arrive(2, named("hello"));
  pool.arrive(3, named("hello"));
  CHECK(reasons(pool.story(2)).front() ==
        "The one container of this action was busy; each runs 1 activation at a time.");
  CHECK(reasons(pool.story(3)).front() ==
        "All 2 containers of this action were busy; each runs 1 activation at a time.");
  CHECK(advice(pool.story(3)).front() ==
        "a higher limit \"concurrency\" of the action, if its code can run several activations at "
        "a time");
}

TEST_CASE("who waits for memory is told who has it, while it waits and afterwards") {
  ToldPool pool(configOf(512_MiB));
  pool.arrive(1, named("slow"));
  pool.arrive(2, named("slow"));
  pool.now += 1s;
  pool.arrive(3, named("hello"));
  pool.arrive(4, named("hello"));
  CHECK(headline(pool.story(3)) == "It waits for a container.");
  CHECK(reasons(pool.story(3)) ==
        Lines{"It had to wait, since all memory was in use and nothing was idle: 2 containers with "
              "512 MB ran activations, 2 of them of guest/slow."});
  CHECK(reasons(pool.story(4)) ==
        Lines{"It had to wait for its turn. When it arrived, 1 activation waited already."});

  pool.started(1, 100ms);
  pool.initialized(1);
  pool.completed(1, 1, 900ms);  // Idle now: it is evicted.
  pool.removed(1, 10ms);
  const auto story = pool.story(3);
  CHECK(headline(story) ==
        "Cold start: container #3 was started for it, and then had to take the action's code.");
  CHECK(advice(story).front() == "more --user-memory (it is 512 MB)");
  CHECK(reasons(story).back() ==
        "It had to wait, since all memory was in use and nothing was idle: 2 containers with 512 "
        "MB ran activations, 2 of them of guest/slow. It waited 1.0 s: 1.0 s for memory, 10 ms for "
        "memory that was being freed.");
  CHECK(timeline(story) ==
        Lines{"       +0 µs  arrives", "       +0 µs  waits for memory",
              "      +1.0 s  #1 is evicted",
              "      +1.0 s  waits for memory that is being freed",
              "      +1.0 s  is given container #3, which is being started"});
  CHECK(timeline(pool.story(4)).at(1) == "       +0 µs  waits behind 1 other");
}

TEST_CASE("a wait for the turn is told from the arrival, and what would have avoided it") {
  ToldPool pool(configOf(512_MiB));
  pool.makeIdle(1, 1, named("warm"));
  pool.arrive(2, named("slow"));
  pool.arrive(3, named("large", 512_MiB));
  pool.now += 1ms;
  pool.arrive(4, named("warm"));
  CHECK(timeline(pool.story(4)) == Lines{"       +0 µs  arrives",
                                         "       +0 µs  waits behind 1 other"});
  CHECK(advice(pool.story(4)) == Lines{"more --user-memory (it is 512 MB)"});
}

TEST_CASE("who waits for its turn behind a limit of starts is told of that limit") {
  PoolConfig config = configOf(1024_MiB);
  config.starts_in_flight_max = 1;
  ToldPool pool(config);
  pool.arrive(1, named("a"));
  pool.arrive(2, named("b"));
  pool.arrive(3, named("c"));
  CHECK(advice(pool.story(3)) == Lines{"a higher --starts-in-flight-max"});
}

TEST_CASE("who waited for its turn and found a warm container is told of warm-bypass") {
  ToldPool pool(configOf(512_MiB));
  pool.makeIdle(1, 1, named("warm"));
  pool.arrive(2, named("warm"));
  pool.arrive(3, named("slow"));
  pool.arrive(4, named("large", 512_MiB));  // Waits, since both are busy.
  pool.arrive(5, named("warm"));
  pool.handle(event::StartFailed{{2}, errorResponse(ActivationStatus::WhiskError, "no")});
  pool.now += 2s;
  const auto waiting = pool.story(5);
  CHECK(timeline(waiting).at(1) == "       +0 µs  waits behind 1 other");
  // As if the one before had gone: the story of one that was placed warm after its turn.
  auto text = std::string(waiting.text());
  const std::string none = "\"placements\":[]";
  REQUIRE(text.find(none) != std::string::npos);
  text.replace(text.find(none), none.size(),
               R"("placements":[{"at_us":2000000,"start":"warmed","warm_miss":"none"}])");
  const auto placed = json::parse(text);
  REQUIRE(placed.ok());
  CHECK(reasons(*placed) ==
        Lines{"It had to wait for its turn. When it arrived, 1 activation waited already."});
  CHECK(advice(*placed) == Lines{"--queue-discipline warm-bypass: who finds a warm container need "
                                 "not wait for its turn",
                                 "more --user-memory (it is 512 MB)"});
}

TEST_CASE("a limit of starts is named") {
  PoolConfig config = configOf(1024_MiB);
  config.starts_in_flight_max = 1;
  ToldPool pool(config);
  pool.arrive(1, named("a"));
  pool.arrive(2, named("b"));
  pool.started(1, 1s);
  const auto story = pool.story(2);
  CHECK(reasons(story).back() ==
        "It had to wait, since no more than 1 container may be started at the same time.");
  CHECK(advice(story).front() == "a higher --starts-in-flight-max");
}

TEST_CASE("an activation that was put back is told of both containers") {
  ToldPool pool;
  pool.makeIdle(1, 1, named("hello"));
  pool.now += 1s;
  pool.arrive(2, named("hello"));
  pool.now += 5ms;
  pool.handle(event::RunNotDelivered{{1}, {0, 2}});
  const auto story = pool.story(2);
  CHECK(headline(story) ==
        "Cold start: container #2 was started for it, and then had to take the action's code.");
  CHECK(reasons(story).front() ==
        "It was given to container #1 before, which could not be reached, and was given up; it had "
        "not run there, so it was put back.");
  CHECK(timeline(story) ==
        Lines{"       +0 µs  arrives", "       +0 µs  is given container #1",
              "     +5.0 ms  is put back: its container goes",
              "     +5.0 ms  is given container #2, which is being started"});
}

TEST_CASE("what became of a container that broke is told to the next one") {
  struct Row {
    std::string name;
    Event event;
    std::string reason;
  };
  const auto row = GENERATE(
      Row{"died", event::ContainerDied{{1}}, "ended by itself"},
      Row{"run", event::RunCompleted{{1}, {0, 1}, ContainerFate::Broken},
          "was given up after a run that broke it (a crash, a time limit, a bad answer)"});
  INFO(row.name);
  ToldPool pool;
  pool.arrive(1, named("hello"));
  pool.started(1);
  pool.initialized(1);
  if (row.name == "died") pool.completed(1, 1);
  pool.handle(row.event);
  pool.removed(1);
  pool.now += 2s;
  pool.arrive(2, named("hello"));
  CHECK(reasons(pool.story(2)).front() ==
        "There was no container of this action any more: its last one, #1, " + row.reason +
            ", 2.0 s before.");
}

TEST_CASE("a container that does not take the code or does not start ends the activation") {
  const bool starts = GENERATE(true, false);
  ToldPool pool;
  pool.arrive(1, named("hello"));
  const auto error = errorResponse(ActivationStatus::DeveloperError, "no");
  if (starts) {
    pool.started(1);
    pool.handle(event::InitFailed{{1}, error});
  } else {
    pool.handle(event::StartFailed{{1}, error});
  }
  const auto story = pool.story(1);
  CHECK(headline(story) == "Cold start: container #1 was started for it, and then had to take the "
                           "action's code. It never ran.");
  CHECK(timeline(story).back() == "       +0 µs  is answered with an error");
  pool.arrive(2, named("hello"));
  CHECK(reasons(pool.story(2)).front() ==
        "There was no container of this action any more: its last one, #1, " +
            std::string(starts ? "did not take the action's code" : "could not be started") +
            ", 0 µs before.");
}

TEST_CASE("a container that fails to take the code is said to, with the error on one line") {
  ToldPool pool;
  pool.arrive(1, named("hello"));
  pool.started(1, 20ms);
  const std::string error = "x is not\x1B[2J defined " + std::string(100, 'y') + "\n  at main.js:1";
  pool.handle(event::InitFailed{{1}, errorResponse(ActivationStatus::DeveloperError, error)});
  const std::string said = "  could not take the code: x is not defined ";
  CHECK(timeline(pool.story(1)).at(4) == "      +20 ms" + said + std::string(100, 'y'));
  CHECK(whyText(pool.story(1), 80, {}).find(said + std::string(80 - 12 - said.size() - 1, 'y') +
                                            "…\n") != std::string::npos);
}

TEST_CASE("a refusal is explained with both sizes") {
  ToldPool pool(configOf(512_MiB));
  pool.arrive(1, named("huge", 1024_MiB));
  CHECK(headline(pool.story(1)) ==
        "It was refused: the action wants 1024 MB, and all containers together may have 512 MB.");
  CHECK(reasons(pool.story(1)).empty());
}

TEST_CASE("a story stays on one screen, however much happened") {
  ToldPool pool(configOf(2560_MiB));
  for (std::uint64_t id = 1; id <= 10; ++id) {
    pool.makeIdle(id, id, named("small" + std::to_string(id)));
  }
  pool.arrive(11, named("large", 2560_MiB));
  for (std::uint64_t id = 1; id <= 10; ++id) pool.removed(id);
  pool.started(11, 300ms);
  pool.initialized(11, 20ms);
  pool.completed(11, 11);
  const std::string text = whyText(pool.story(11), 80, {});
  INFO(text);
  CHECK(std::count(text.begin(), text.end(), '\n') <= 32);
  CHECK(text.find("and 7 more") != std::string::npos);
  for (const char* line : {"#2 is evicted", "(8 more are evicted)", "#11 has started",
                           "takes the action's code", "has taken the code", "runs (/run)"}) {
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("the record is told where the story is forgotten") {
  const auto answer = json::parse(
      R"({"id":"0a","action":"guest/hello","version":"0.0.3","arrived_ms":1700000000000,)"
      R"("record":{"duration_ms":7,"status":"success","start":"cold","wait_ms":350}})");
  REQUIRE(answer.ok());
  CHECK(whyText(*answer, 80, {}) ==
        "Activation 0a\n"
        "of guest/hello 0.0.3, 2023-11-14 22:13:20 UTC\n"
        "\n"
        "It is too old to be explained, or ran before owpoold was started: owpoold\n"
        "remembers the decisions about its newest activations. Its record tells:\n"
        "\n"
        "  start     cold\n"
        "  waited    350 ms\n"
        "  duration  7.0 ms\n"
        "  status    success\n");
}

TEST_CASE("an activation may be named by its first digits if no other begins so") {
  ToldPool pool;
  const auto arrive = [&](std::uint64_t high) {
    pool.handle(event::ActivationArrived{{{high, 7}, named("hello")}});
  };
  arrive(0xABCDEF1100000000);
  arrive(0xABCDEF2200000000);
  arrive(0x1234567890000000);
  const auto found = daemon::activationIdOf(pool.log, "abcdef2");
  REQUIRE(found.ok());
  CHECK(*found == ActivationId{0xABCDEF2200000000, 7});
  CHECK(daemon::activationIdOf(pool.log, "12345678").ok());
  // The whole id is taken as it is, since a record may know more.
  CHECK(daemon::activationIdOf(pool.log, std::string(32, '5')).ok());
  struct Row {
    std::string text, error;
  };
  const std::string rule =
      "an activation id has 32 hexadecimal digits, of which at least the first 6 must be given";
  const auto row = GENERATE_COPY(
      Row{"ABCDEF", "2 activations begin with ABCDEF: give more digits"},
      Row{"999999", "no activation that is remembered begins with 999999: older ones need the "
                    "whole id"},
      Row{"12345", rule}, Row{"", rule}, Row{"12345g", rule}, Row{std::string(33, '1'), rule});
  const auto refused = daemon::activationIdOf(pool.log, row.text);
  CHECK(std::string(refused.status().message()) == row.error);
}

TEST_CASE("names cannot move the terminal's cursor") {
  ToldPool pool;
  pool.arrive(1, named("evil\x1B[2J\r"));
  CHECK(whyText(pool.story(1), 80, {}).find("of guest/evil 0.0.1") != std::string::npos);
}

}  // namespace
}  // namespace owpool::ctl
