// A ContainerFactory of one's own: containers that are functions of this program. It
// runs activations in them, and then the suite that every factory has to pass.
#include <owpool/pool_driver.h>
#include <owpool/testing/container_factory_contract.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using owpool::ActivationStatus;
using owpool::LogStream;

class FunctionContainer;

// What a function has to do with while it runs.
class Invocation {
 public:
  Invocation(FunctionContainer& container, const owpool::RunRequest& request)
      : container_(container),
        request_(request),
        deadline_(std::chrono::steady_clock::now() + request.timeout) {}

  const std::string& parameters() const { return request_.parameters; }
  void log(LogStream stream, std::string line);
  // Ends its container, as a crash would.
  void exit();
  // Blocks. False as soon as the run is over: its time is up, or its container is to go.
  // A thread cannot be killed as a process can, so a function that takes long has to ask.
  bool sleep(owpool::Duration duration);
  bool isLate() const { return std::chrono::steady_clock::now() >= deadline_; }

 private:
  FunctionContainer& container_;
  const owpool::RunRequest& request_;
  const std::chrono::steady_clock::time_point deadline_;
};

// Returns JSON text: the action's result. Must not throw.
using Function = std::function<std::string(Invocation&)>;
// By name. The code of an action, ActionCode::text, is such a name.
using Functions = std::map<std::string, Function>;

// Nothing here limits memory: a function uses its program's.
class FunctionContainer final : public owpool::Container {
 public:
  FunctionContainer(const Functions& functions, int number, absl::AnyInvocable<void()> on_death)
      : functions_(functions),
        address_("function:" + std::to_string(number)),
        on_death_(std::move(on_death)) {}

  const std::string& address() const override { return address_; }

  owpool::InitResult initialize(const owpool::InitRequest& request) override {
    const std::string& name = request.action->code.text;
    std::lock_guard lock(mutex_);
    if (!is_alive_) return {/*delivered=*/false, {}};
    const auto function = functions_.find(name);
    if (function == functions_.end()) {
      return {true, owpool::errorResponse(ActivationStatus::DeveloperError,
                                          "There is no function \"" + name + "\".")};
    }
    function_ = &function->second;
    return {true, {ActivationStatus::Success, "{}"}};
  }

  owpool::RunResult run(const owpool::RunRequest& request) override {
    {
      std::lock_guard lock(mutex_);
      if (!is_alive_) return {/*delivered=*/false, {}};
      // Lines of earlier runs that nobody collected are nobody's.
      if (running_count_++ == 0) log_.clear();
    }
    Invocation invocation(*this, request);
    std::string result = (*function_)(invocation);  // Without the lock: it may take long.
    std::lock_guard lock(mutex_);
    --running_count_;
    if (!is_alive_) {
      return {true, owpool::errorResponse(ActivationStatus::DeveloperError,
                                          "The container ended before the action did.")};
    }
    if (invocation.isLate()) {
      return {true, owpool::timeLimitResponse(owpool::ContainerCall::Run,
                                              request.action->time_limit)};
    }
    return {true, {ActivationStatus::Success, std::move(result)}};
  }

  owpool::ActivationLogs collectLogs(const owpool::LogRequest& request) override {
    owpool::ActivationLogs logs;
    std::lock_guard lock(mutex_);
    std::int64_t size = 0;
    for (owpool::LogLine& line : std::exchange(log_, {})) {
      size += static_cast<std::int64_t>(line.text.size());
      logs.complete = size <= request.limit.count();
      if (!logs.complete) {
        line.text = "Logs were truncated.";
        line.stream = LogStream::Stderr;
      }
      logs.lines.push_back(std::move(line));
      if (!logs.complete) break;
    }
    return logs;
  }

  // A function that does not run uses no time: there is nothing to pause.
  absl::Status pause(owpool::Duration) override { return absl::OkStatus(); }
  absl::Status resume(owpool::Duration) override { return absl::OkStatus(); }

  absl::Status destroy(owpool::Duration timeout) override {
    std::unique_lock lock(mutex_);
    is_alive_ = false;
    changed_.notify_all();  // Functions that sleep return now.
    // on_death must not be running any more when this has returned OK.
    if (!changed_.wait_for(lock, timeout, [this] { return !is_dying_; })) {
      return absl::DeadlineExceededError("on_death has not returned");
    }
    return absl::OkStatus();
  }

  // Ends it although nobody asked for it: on_death is called, once, without the lock.
  void die() {
    absl::AnyInvocable<void()> on_death;
    {
      std::lock_guard lock(mutex_);
      if (!is_alive_) return;
      is_alive_ = false;
      is_dying_ = true;
      on_death = std::exchange(on_death_, nullptr);
      changed_.notify_all();
    }
    if (on_death) on_death();
    std::lock_guard lock(mutex_);
    is_dying_ = false;
    changed_.notify_all();  // With the lock: after it the container may be gone.
  }

 private:
  friend class Invocation;

  const Functions& functions_;
  const std::string address_;
  const Function* function_ = nullptr;  // Set by initialize(), before any run().
  std::mutex mutex_;                    // Guards what follows.
  std::condition_variable changed_;
  bool is_alive_ = true;
  bool is_dying_ = false;  // on_death is being called.
  int running_count_ = 0;
  absl::AnyInvocable<void()> on_death_;
  std::vector<owpool::LogLine> log_;
};

void Invocation::log(LogStream stream, std::string line) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  std::lock_guard lock(container_.mutex_);
  container_.log_.push_back({owpool::Duration(now).count(), stream, std::move(line)});
}

void Invocation::exit() { container_.die(); }

bool Invocation::sleep(owpool::Duration duration) {
  const auto end = std::min(deadline_, std::chrono::steady_clock::now() + duration);
  std::unique_lock lock(container_.mutex_);
  const bool is_over =
      container_.changed_.wait_until(lock, end, [this] { return !container_.is_alive_; });
  return !is_over && !isLate();
}

class FunctionFactory final : public owpool::ContainerFactory {
 public:
  explicit FunctionFactory(Functions functions) : functions_(std::move(functions)) {}

  absl::StatusOr<std::unique_ptr<owpool::Container>> create(owpool::StartRequest request) override {
    if (request.runtime.image != "function") {
      // The action's fault: it asks for a runtime that is not there.
      return absl::InvalidArgumentError("There is no runtime for " + request.runtime.kind + ".");
    }
    return std::make_unique<FunctionContainer>(functions_, ++created_count_,
                                               std::move(request.on_death));
  }

 private:
  const Functions functions_;
  std::atomic<int> created_count_{0};
};

Functions ourFunctions() {
  Functions functions;
  functions["echo"] = [](Invocation& invocation) {
    invocation.log(LogStream::Stdout, "out");
    invocation.log(LogStream::Stderr, "err");
    return invocation.parameters();
  };
  functions["exits"] = [](Invocation& invocation) {
    invocation.exit();
    return std::string("{}");
  };
  functions["hangs"] = [](Invocation& invocation) {
    while (invocation.sleep(1h)) {
    }
    return std::string("{}");
  };
  return functions;
}

owpool::ActionCode codeOf(const char* name) {
  owpool::ActionCode code;
  code.text = name;
  return code;
}

// Two activations of one function, through a driver.
void runActivations(owpool::ContainerFactory& factory) {
  auto executor = owpool::newThreadPoolExecutor(8);
  owpool::PoolDriver pool(*owpool::Pool::create({}),
                          {factory, owpool::systemMonotonicClock(), *executor});
  auto action = std::make_shared<owpool::Action>();
  action->key = owpool::ActionKey("guest", "guest/echo", "1");
  action->runtime = {"function:1", "function"};
  action->code = codeOf("echo");
  for (std::uint64_t id = 1; id <= 2; ++id) {
    std::promise<void> done;
    pool.submit(
        {{{0, id}, action}, R"({"n":)" + std::to_string(id) + "}", {}},
        [](owpool::ActivationOutcome outcome) {
          std::cout << (outcome.start ? startKindName(*outcome.start) : "never placed") << ": "
                    << outcome.response.result << "\n";
        },
        [&done](owpool::ActivationLogs logs) {
          for (const owpool::LogLine& line : logs.lines) std::cout << "  | " << line.text << "\n";
          done.set_value();
        });
    done.get_future().wait();
  }
  pool.shutDown(5s);
}

// How many rules of the contract the factory breaks.
std::size_t checkContract(owpool::ContainerFactory& factory) {
  owpool::testing::FactoryUnderTest under_test;
  under_test.factory = &factory;
  under_test.runtime = {"function:1", "function"};
  under_test.broken_runtime = {"function:2", "missing"};
  under_test.echo = codeOf("echo");
  under_test.broken = codeOf("no such function");
  under_test.exits = codeOf("exits");
  under_test.hangs = codeOf("hangs");
  under_test.kill = [](owpool::Container& container) {
    static_cast<FunctionContainer&>(container).die();
  };
  const auto failures = owpool::testing::checkContainerFactoryContract(under_test);
  for (const auto& [rule, observed] : failures) {
    std::cout << "broken: " << rule << ", but " << observed << "\n";
  }
  return failures.size();
}

}  // namespace

int main() {
  FunctionFactory factory(ourFunctions());
  runActivations(factory);
  if (checkContract(factory) > 0) return 1;
  std::cout << "all rules of the contract hold\n";
}
