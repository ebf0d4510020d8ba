#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "http/client.h"
#include "owpool/action_protocol.h"

namespace owpool {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRetryInterval{50};

std::int64_t unixMillisecondsIn(Duration duration) {
  using std::chrono::milliseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(now).count() +
         std::chrono::duration_cast<milliseconds>(duration).count();
}

// A timeout of centuries must not overflow.
Clock::time_point deadlineOf(Clock::time_point start, Duration timeout) {
  return start + std::min<Duration>(timeout, std::chrono::hours(24 * 365));
}

CallEnd callEnd(http::ClientFailure failure) {
  switch (failure) {
    case http::ClientFailure::NotConnected: return call::NotConnected{};
    case http::ClientFailure::NoResponse: return call::NoResponse{};
    case http::ClientFailure::TimedOut: return call::TimedOut{};
    case http::ClientFailure::ConnectionLost: break;
  }
  return call::ConnectionLost{};
}

}  // namespace

class ActionClient::Impl {
 public:
  explicit Impl(ActionClientConfig config) : config_(std::move(config)) {}

  InitResult initialize(const InitRequest& request) {
    const auto start = Clock::now();
    const auto deadline = deadlineOf(start, request.timeout);
    const Duration limit = request.timeout;
    http::ClientRequest prepared = prepare("/init", initBody(request, unixMillisecondsIn(limit)));
    CallEnd end = send(prepared, deadline);
    while (std::holds_alternative<call::NotConnected>(end) && waitForRetry(deadline))
      end = send(prepared, deadline);
    return classifyInit(factsOf(std::move(end), start, limit));
  }

  RunResult run(const RunRequest& request) {
    const auto start = Clock::now();
    const Duration limit = request.timeout;
    http::ClientRequest prepared = prepare("/run", runBody(request, unixMillisecondsIn(limit)));
    CallEnd end = send(prepared, deadlineOf(start, request.timeout));
    return classifyRun(factsOf(std::move(end), start, limit));
  }

  void abort() {
    {
      const std::lock_guard lock(mutex_);
      aborted_ = true;
    }
    aborted_changed_.notify_all();
  }

 private:
  http::ClientRequest prepare(std::string_view path, std::string body) const {
    http::ClientRequest request;
    request.target = path;
    request.headers = {{"Accept", "application/json"}};
    request.body = std::move(body);
    request.body_max = config_.response_max;
    return request;
  }

  CallEnd send(http::ClientRequest& request, Clock::time_point deadline) const {
    request.timeout = deadline - Clock::now();
    auto result = http::exchange(config_.address, request, &aborted_);
    if (const auto* failure = std::get_if<http::ClientFailure>(&result)) return callEnd(*failure);
    auto& response = std::get<http::ClientResponse>(result);
    return call::Answered{response.status, std::move(response.body), response.body_length};
  }

  // False if it is of no use to try again: aborted, or no time left.
  bool waitForRetry(Clock::time_point deadline) {
    const auto now = Clock::now();
    if (now >= deadline) return false;
    std::unique_lock lock(mutex_);
    const auto aborted = [&] { return aborted_.load(); };
    return !aborted_changed_.wait_until(lock, std::min(deadline, now + kRetryInterval), aborted);
  }

  CallFacts factsOf(CallEnd end, Clock::time_point start, Duration limit) const {
    CallFacts facts;
    const bool lost = std::holds_alternative<call::NoResponse>(end) ||
                      std::holds_alternative<call::ConnectionLost>(end);
    facts.memory_exhausted = lost && config_.memory_exhausted && config_.memory_exhausted();
    facts.end = std::move(end);
    facts.elapsed = Clock::now() - start;
    facts.time_limit = limit;
    facts.response_max = config_.response_max;
    return facts;
  }

  const ActionClientConfig config_;
  std::mutex mutex_;
  std::condition_variable aborted_changed_;
  std::atomic<bool> aborted_ = false;
};

ActionClient::ActionClient(ActionClientConfig config)
    : impl_(std::make_unique<Impl>(std::move(config))) {}

ActionClient::~ActionClient() = default;

InitResult ActionClient::initialize(const InitRequest& request) const {
  return impl_->initialize(request);
}

RunResult ActionClient::run(const RunRequest& request) const { return impl_->run(request); }

void ActionClient::abort() { impl_->abort(); }

}  // namespace owpool
