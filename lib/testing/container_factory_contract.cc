#include "owpool/testing/container_factory_contract.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace owpool::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Duration kStartTimeout = std::chrono::seconds(30);
constexpr Duration kCallTimeout = std::chrono::seconds(30);
// What a busy machine may add to something that should happen at once.
constexpr Duration kSlack = std::chrono::seconds(5);
// For how long nothing must happen.
constexpr Duration kQuiet = std::chrono::milliseconds(200);

std::string statusName(ActivationStatus status) {
  switch (status) {
    case ActivationStatus::Success: return "Success";
    case ActivationStatus::ApplicationError: return "ApplicationError";
    case ActivationStatus::DeveloperError: return "DeveloperError";
    case ActivationStatus::WhiskError: return "WhiskError";
  }
  return "an unknown status";
}

std::string describe(bool delivered, const ActivationResponse& response) {
  return fmt::format("{}, {}, result {}", delivered ? "delivered" : "not delivered",
                     statusName(response.status), response.result);
}

std::string describe(const ActivationLogs& logs) {
  std::string text = logs.complete ? "complete" : "not complete";
  for (const LogLine& line : logs.lines) {
    text += fmt::format(", {} \"{}\"", line.stream == LogStream::Stdout ? "stdout" : "stderr",
                        line.text);
  }
  return text;
}

// JSON text without the white space between its tokens.
std::string compact(std::string_view json) {
  std::string text;
  bool in_string = false;
  bool escaped = false;
  for (const char c : json) {
    if (!in_string && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) continue;
    text += c;
    if (c == '"' && !escaped) in_string = !in_string;
    escaped = in_string && c == '\\' && !escaped;
  }
  return text;
}

bool eventually(const std::function<bool()>& condition, Duration within = kSlack) {
  const Clock::time_point end = Clock::now() + within;
  while (!condition()) {
    if (Clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

// A container of the factory under test, destroyed with this object at the latest.
struct Subject {
  std::unique_ptr<Container> container;
  std::shared_ptr<std::atomic<int>> deaths = std::make_shared<std::atomic<int>>(0);
  ActionPtr action;

  Subject() = default;
  Subject(Subject&&) = default;
  Subject& operator=(Subject&&) = default;
  ~Subject() {
    if (container) (void)container->destroy(kCallTimeout);
  }

  InitResult initialize() {
    return container->initialize(InitRequest{action, context(), kCallTimeout});
  }
  RunResult run(std::string parameters = "{}", Duration timeout = kCallTimeout) {
    return container->run(RunRequest{action, std::move(parameters), context(), timeout});
  }
  ActivationLogs logs() {
    return container->collectLogs(LogRequest{action->log_limit, true});
  }

 private:
  ActivationContext context() const {
    return {{"activation_id", "0123456789abcdef0123456789abcdef"},
            {"namespace", "guest"},
            {"action_name", "/" + action->key.name()}};
  }
};

class Suite {
 public:
  explicit Suite(FactoryUnderTest& under_test) : under_test_(under_test) {}

  std::vector<ContractFailure> runAll();

 private:
  void addressesAreUnique();
  void parallelCreatesSucceed();
  void echoAnswersAndLogs();
  void brokenCodeIsADeveloperError();
  void exitIsADeveloperErrorAndOneDeath();
  void timeoutIsKept();
  void destroyEndsARun();
  void destroyedContainersServeNothing();
  void pauseAndResumeKeepAContainer();
  void pausedContainersCanBeDestroyed();
  void deathFromOutsideIsTold(bool paused);
  void brokenRuntimesFailCleanly();

  absl::StatusOr<Subject> create(const RuntimeKind& runtime, const ActionCode& code);
  // A container that works; null, and a failure noted, if it cannot be had.
  std::unique_ptr<Subject> created(const ActionCode& code);
  std::unique_ptr<Subject> initialized(const ActionCode& code);

  void expect(bool holds, std::string_view rule, const std::string& observed) {
    if (!holds) failures_.push_back(ContractFailure{std::string(rule), observed});
  }
  void expectDestroyed(Subject& subject, std::string_view rule) {
    const absl::Status status = subject.container->destroy(kCallTimeout);
    expect(status.ok(), rule, status.ToString());
  }
  void expectEcho(Subject& subject, std::string_view rule, const std::string& parameters) {
    const RunResult result = subject.run(parameters);
    expect(result.delivered && result.response.status == ActivationStatus::Success &&
               compact(result.response.result) == compact(parameters),
           rule, describe(result.delivered, result.response));
  }

  FactoryUnderTest& under_test_;
  std::atomic<int> next_name_{1};
  std::vector<ContractFailure> failures_;
};

absl::StatusOr<Subject> Suite::create(const RuntimeKind& runtime, const ActionCode& code) {
  Subject subject;
  auto action = std::make_shared<Action>();
  action->key = ActionKey("guest", "guest/contract", "1");
  action->runtime = runtime;
  action->memory = under_test_.memory;
  action->time_limit = kCallTimeout;
  action->code = code;
  subject.action = action;
  StartRequest request;
  request.name = fmt::format("contract_{}", next_name_++);
  request.runtime = runtime;
  request.memory = under_test_.memory;
  request.action = subject.action;
  request.timeout = kStartTimeout;
  request.on_death = [deaths = subject.deaths] { ++*deaths; };
  auto container = under_test_.factory->create(std::move(request));
  if (!container.ok()) return container.status();
  subject.container = *std::move(container);
  return subject;
}

std::unique_ptr<Subject> Suite::created(const ActionCode& code) {
  auto subject = create(under_test_.runtime, code);
  expect(subject.ok(), "create() gives a container of a runtime that starts",
         subject.status().ToString());
  if (!subject.ok()) return nullptr;
  return std::make_unique<Subject>(*std::move(subject));
}

std::unique_ptr<Subject> Suite::initialized(const ActionCode& code) {
  auto subject = created(code);
  if (!subject) return nullptr;
  const InitResult result = subject->initialize();
  const bool ok = result.delivered && result.response.status == ActivationStatus::Success;
  expect(ok, "initialize() succeeds with code that is right",
         describe(result.delivered, result.response));
  if (!ok) return nullptr;
  return subject;
}

void Suite::addressesAreUnique() {
  const auto first = created(under_test_.echo);
  const auto second = created(under_test_.echo);
  if (!first || !second) return;
  const std::string address = first->container->address();
  expect(!address.empty(), "a container's address is not empty", "it is empty");
  expect(address != second->container->address(), "two living containers differ in address",
         address);
  expect(address == first->container->address(), "a container's address is constant",
         first->container->address());
  expectDestroyed(*first, "a container that was never initialised can be destroyed");
}

void Suite::parallelCreatesSucceed() {
  constexpr int kThreads = 4;
  std::vector<absl::StatusOr<Subject>> subjects(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (auto& subject : subjects) {
    threads.emplace_back([&] { subject = create(under_test_.runtime, under_test_.echo); });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> addresses;
  for (auto& subject : subjects) {
    expect(subject.ok(), "create() may be called by several threads at once",
           subject.status().ToString());
    if (subject.ok()) addresses.insert(subject->container->address());
  }
  expect(addresses.size() == subjects.size(), "containers created in parallel differ in address",
         fmt::format("{} addresses of {} containers", addresses.size(), subjects.size()));
}

void Suite::echoAnswersAndLogs() {
  const auto subject = initialized(under_test_.echo);
  if (!subject) return;
  for (const char* which : {"first", "second"}) {
    expectEcho(*subject, "run() answers what the code answers",
               fmt::format("{{\"which\":\"{} \\\" one\"}}", which));
    const ActivationLogs logs = subject->logs();
    const auto count = [&](LogStream stream, std::string_view text) {
      return std::count_if(logs.lines.begin(), logs.lines.end(), [&](const LogLine& line) {
        return line.stream == stream && line.text == text;
      });
    };
    expect(logs.complete && logs.lines.size() == 2 && count(LogStream::Stdout, "out") == 1 &&
               count(LogStream::Stderr, "err") == 1,
           fmt::format("collectLogs() gives the lines of the {} run, all of them and no others",
                       which),
           describe(logs));
  }
  expect(*subject->deaths == 0, "on_death is not called while a container lives",
         fmt::format("called {} times", subject->deaths->load()));
}

void Suite::brokenCodeIsADeveloperError() {
  const auto subject = created(under_test_.broken);
  if (!subject) return;
  const InitResult result = subject->initialize();
  expect(result.delivered && result.response.status == ActivationStatus::DeveloperError,
         "initialize() with broken code is delivered, and a developer error",
         describe(result.delivered, result.response));
  expectDestroyed(*subject, "a container whose initialize() failed can be destroyed");
}

void Suite::exitIsADeveloperErrorAndOneDeath() {
  const auto subject = initialized(under_test_.exits);
  if (!subject) return;
  const RunResult result = subject->run();
  expect(result.delivered && result.response.status == ActivationStatus::DeveloperError,
         "run() of code that ends its container is delivered, and a developer error",
         describe(result.delivered, result.response));
  expect(eventually([&] { return *subject->deaths > 0; }),
         "on_death is called when a container ends by itself", "it was not called");
  expectDestroyed(*subject, "a container that ended by itself can be destroyed");
  std::this_thread::sleep_for(kQuiet);
  expect(*subject->deaths <= 1, "on_death is called once only",
         fmt::format("called {} times", subject->deaths->load()));
}

void Suite::timeoutIsKept() {
  constexpr std::string_view kRule =
      "run() that exceeds its time limit returns then, with a developer error that says so";
  const auto subject = initialized(under_test_.hangs);
  if (!subject) return;
  constexpr Duration kLimit = std::chrono::milliseconds(500);
  auto limited = std::make_shared<Action>(*subject->action);
  limited->time_limit = kLimit;
  subject->action = limited;
  const Clock::time_point start = Clock::now();
  const RunResult result = subject->run("{}", kLimit);
  const auto elapsed = Clock::now() - start;
  expect(result.response.status == ActivationStatus::DeveloperError &&
             result.response.result.find("time limit") != std::string::npos,
         kRule, describe(result.delivered, result.response));
  expect(elapsed >= kLimit && elapsed < kLimit + kSlack, kRule,
         fmt::format("returned after {} ms",
                     std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count()));
}

void Suite::destroyEndsARun() {
  const auto subject = initialized(under_test_.hangs);
  if (!subject) return;
  std::atomic<bool> returned{false};
  RunResult result;
  std::thread runner([&] {
    result = subject->run("{}", 4 * kSlack);
    returned = true;
  });
  std::this_thread::sleep_for(kQuiet);
  expectDestroyed(*subject, "a container can be destroyed during run()");
  expect(eventually([&] { return returned.load(); }), "destroy() makes run() return soon",
         "it did not return");
  runner.join();
  expect(result.response.status != ActivationStatus::Success || !result.delivered,
         "run() that destroy() ended is no success",
         describe(result.delivered, result.response));
}

void Suite::destroyedContainersServeNothing() {
  const auto subject = initialized(under_test_.echo);
  if (!subject) return;
  expectDestroyed(*subject, "an idle container can be destroyed");
  expectDestroyed(*subject, "destroy() of a container that is gone is OK");
  const RunResult result = subject->run("{}", std::chrono::seconds(1));
  expect(!result.delivered || result.response.status != ActivationStatus::Success,
         "run() after destroy() is not delivered or an error",
         describe(result.delivered, result.response));
  std::this_thread::sleep_for(kQuiet);
  expect(*subject->deaths == 0, "on_death is not called for a container that was destroyed",
         fmt::format("called {} times", subject->deaths->load()));
}

void Suite::pauseAndResumeKeepAContainer() {
  const auto subject = initialized(under_test_.echo);
  if (!subject) return;
  for (int round = 0; round < 2; ++round) {
    const absl::Status paused = subject->container->pause(kCallTimeout);
    expect(paused.ok(), "pause() of an idle container is OK", paused.ToString());
    const absl::Status resumed = subject->container->resume(kCallTimeout);
    expect(resumed.ok(), "resume() of a paused container is OK", resumed.ToString());
    expectEcho(*subject, "a container that was paused and resumed runs as before", "{\"a\":1}");
    subject->logs();
  }
}

void Suite::pausedContainersCanBeDestroyed() {
  const auto subject = initialized(under_test_.echo);
  if (!subject) return;
  const absl::Status paused = subject->container->pause(kCallTimeout);
  expect(paused.ok(), "pause() of an idle container is OK", paused.ToString());
  expectDestroyed(*subject, "a paused container can be destroyed");
}

void Suite::deathFromOutsideIsTold(bool paused) {
  if (!under_test_.kill) return;
  const auto subject = initialized(under_test_.echo);
  if (!subject) return;
  const std::string which = paused ? "a paused container" : "an idle container";
  if (paused) {
    const absl::Status status = subject->container->pause(kCallTimeout);
    expect(status.ok(), "pause() of an idle container is OK", status.ToString());
  }
  under_test_.kill(*subject->container);
  expect(eventually([&] { return *subject->deaths > 0; }),
         fmt::format("on_death is called when {} is killed", which), "it was not called");
  const RunResult result = subject->run("{}", std::chrono::seconds(1));
  expect(!result.delivered || result.response.status != ActivationStatus::Success,
         fmt::format("run() after {} was killed is not delivered or an error", which),
         describe(result.delivered, result.response));
  expectDestroyed(*subject, fmt::format("{} that was killed can be destroyed", which));
  std::this_thread::sleep_for(kQuiet);
  expect(*subject->deaths <= 1, "on_death is called once only",
         fmt::format("called {} times", subject->deaths->load()));
}

void Suite::brokenRuntimesFailCleanly() {
  auto subject = create(under_test_.broken_runtime, under_test_.echo);
  if (!subject.ok()) {
    expect(!subject.status().message().empty(), "an error of create() says why",
           "its message is empty");
    return;
  }
  // A factory may start containers lazily; then it shows here.
  const InitResult result = subject->container->initialize(
      InitRequest{subject->action, {}, std::chrono::seconds(2)});
  expect(!result.delivered || result.response.status != ActivationStatus::Success,
         "a runtime that does not start fails in create() or in initialize()",
         describe(result.delivered, result.response));
  expectDestroyed(*subject, "a container of a runtime that does not start can be destroyed");
}

std::vector<ContractFailure> Suite::runAll() {
  addressesAreUnique();
  parallelCreatesSucceed();
  echoAnswersAndLogs();
  brokenCodeIsADeveloperError();
  exitIsADeveloperErrorAndOneDeath();
  timeoutIsKept();
  destroyEndsARun();
  destroyedContainersServeNothing();
  pauseAndResumeKeepAContainer();
  pausedContainersCanBeDestroyed();
  deathFromOutsideIsTold(false);
  deathFromOutsideIsTold(true);
  brokenRuntimesFailCleanly();
  return std::move(failures_);
}

}  // namespace

std::vector<ContractFailure> checkContainerFactoryContract(FactoryUnderTest& under_test) {
  return Suite(under_test).runAll();
}

}  // namespace owpool::testing
