#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <thread>
#include <vector>

#include "owpoold/access/invocation_throttle.h"

namespace owpool::daemon {
namespace {

using Slot = InvocationThrottle::Slot;

TEST_CASE("Invocations are allowed up to the limits, and refused with OpenWhisk's words") {
  struct Step {
    std::int64_t at_ms;
    char what;  // '+' begins an invocation, '-' ends one.
    const char* refused;
  };
  constexpr const char* kOk = "";
  struct Row {
    const char* name;
    InvocationLimits limits;
    std::vector<Step> steps;
  };
  const Row rows[] = {
      {"no limit", {InvocationLimits::kUnlimited, InvocationLimits::kUnlimited},
       {{0, '+', kOk}, {0, '+', kOk}, {0, '+', kOk}}},
      {"concurrent", {2, 100},
       {{0, '+', kOk}, {0, '+', kOk},
        {0, '+', "Too many concurrent requests in flight (count: 2, allowed: 2)."},
        {0, '-', kOk}, {0, '+', kOk},
        {600000, '+', "Too many concurrent requests in flight (count: 2, allowed: 2)."}}},
      {"per minute, refused ones count", {100, 2},
       {{0, '+', kOk}, {30000, '+', kOk},
        {59999, '+', "Too many requests in the last minute (count: 3, allowed: 2)."},
        {59999, '+', "Too many requests in the last minute (count: 4, allowed: 2)."},
        {60000, '+', kOk}, {119999, '+', kOk},
        {119999, '+', "Too many requests in the last minute (count: 3, allowed: 2)."}}},
      {"ending gives no minute back", {100, 1},
       {{0, '+', kOk}, {0, '-', kOk},
        {1, '+', "Too many requests in the last minute (count: 2, allowed: 1)."}}},
      {"the minute is looked at first", {1, 1},
       {{0, '+', kOk}, {1, '+', "Too many requests in the last minute (count: 2, allowed: 1)."},
        {60000, '+', "Too many concurrent requests in flight (count: 1, allowed: 1)."}}},
      {"nothing at all", {0, 100},
       {{0, '+', "Too many concurrent requests in flight (count: 0, allowed: 0)."}}},
      {"nothing in a minute", {100, 0},
       {{0, '+', "Too many requests in the last minute (count: 1, allowed: 0)."}}},
      {"a clock that goes back", {100, 1},
       {{600000, '+', kOk}, {60000, '+', kOk},
        {60001, '+', "Too many requests in the last minute (count: 2, allowed: 1)."}}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto throttle = InvocationThrottle::create();
    std::vector<Slot> running;
    for (const Step& step : row.steps) {
      if (step.what == '-') {
        running.pop_back();
        continue;
      }
      auto result = throttle->admit(row.limits, step.at_ms);
      const auto* throttled = std::get_if<Throttled>(&result);
      CHECK((throttled == nullptr ? "" : throttled->message()) == std::string(step.refused));
      if (throttled == nullptr) running.push_back(std::get<Slot>(std::move(result)));
      CHECK(throttle->concurrent() == static_cast<std::int64_t>(running.size()));
    }
  }
}

TEST_CASE("A slot ends its invocation once, wherever it was moved to") {
  const auto throttle = InvocationThrottle::create();
  Slot a = std::get<Slot>(throttle->admit({10, 10}, 0));
  Slot b = std::get<Slot>(throttle->admit({10, 10}, 0));
  CHECK(throttle->concurrent() == 2);
  Slot c = std::move(a);
  CHECK(throttle->concurrent() == 2);
  c = std::move(b);
  CHECK(throttle->concurrent() == 1);
  c.release();
  c.release();
  CHECK(throttle->concurrent() == 0);
}

TEST_CASE("Limits hold under many threads") {
  constexpr int kThreads = 8;
  constexpr int kTries = 2000;
  constexpr std::int64_t kConcurrent = 5;
  constexpr std::int64_t kPerMinute = 1000;
  const auto throttle = InvocationThrottle::create();
  std::atomic<std::int64_t> running{0};
  std::atomic<std::int64_t> most{0};
  std::atomic<int> began{0};
  std::atomic<int> over_minute{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kTries; ++n) {
        auto result = throttle->admit({kConcurrent, kPerMinute}, 0);
        if (const auto* throttled = std::get_if<Throttled>(&result)) {
          if (throttled->limit == Throttled::Limit::PerMinute) ++over_minute;
          continue;
        }
        ++began;
        const std::int64_t now = ++running;
        std::int64_t seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        std::this_thread::yield();
        --running;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(most <= kConcurrent);
  CHECK(began > 0);
  CHECK(began <= kPerMinute);
  CHECK(over_minute == kThreads * kTries - kPerMinute);
  CHECK(throttle->concurrent() == 0);
}

}  // namespace
}  // namespace owpool::daemon
