#include "owpool/pool_driver.h"

#include <utility>

#include "core/assert.h"
#include "core/overloaded.h"
#include "driver/driver_impl.h"

namespace owpool {

using internal::Overloaded;

namespace {

std::string_view refusalMessage(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::InvalidAction: return "The action's limits are not valid.";
    case RefusalReason::LargerThanPool: return "The action needs more memory than the pool has.";
    case RefusalReason::BufferFull: return "Too many activations are waiting for a container.";
    case RefusalReason::ShuttingDown: return "The pool is shutting down.";
  }
  return "";
}

}  // namespace

// ---- The public calls

PoolDriver::PoolDriver(Pool pool, Deps deps)
    : impl_(std::make_unique<Impl>(std::move(pool), deps)) {}
PoolDriver::~PoolDriver() = default;

void PoolDriver::submit(ActivationRequest request, OnOutcome on_outcome, OnLogs on_logs) {
  impl_->submit(std::move(request), std::move(on_outcome), std::move(on_logs));
}
void PoolDriver::advance() { impl_->advance(); }
std::optional<TimePoint> PoolDriver::nextDeadline() const { return impl_->nextDeadline(); }
void PoolDriver::serveDeadlines() { impl_->serveDeadlines(); }
void PoolDriver::beginShutDown(Duration drain_time) { impl_->beginShutDown(drain_time); }
void PoolDriver::shutDown(Duration drain_time) {
  impl_->beginShutDown(drain_time);
  impl_->serveDeadlines();
}
bool PoolDriver::isShutDown() const { return impl_->isShutDown(); }
PoolStats PoolDriver::stats() const { return impl_->stats(); }
ContainerTable PoolDriver::containers() const { return impl_->containers(); }

// ---- From events to effects

PoolDriver::Impl::Impl(Pool pool, Deps deps) : deps_(deps), pool_(std::move(pool)) {
  OWPOOL_ASSERT(deps_.prober != nullptr || !pool_.config().prewarm_health.enabled);
  OWPOOL_ASSERT(deps_.feed != nullptr || pool_.config().feed_credits == 0);
  internal::MutexLock lock(mutex_);
  const TimePoint now = deps_.clock.now();
  postAll(begin(pool_.start(now), now));
}

PoolDriver::Impl::~Impl() { OWPOOL_ASSERT(isShutDown()); }

void PoolDriver::Impl::submit(ActivationRequest request, OnOutcome on_outcome, OnLogs on_logs) {
  auto pending = std::make_shared<Pending>();
  Activation activation = request.activation;
  pending->outcome.id = activation.id;
  pending->request = std::move(request);
  pending->on_outcome = std::move(on_outcome);
  pending->on_logs = std::move(on_logs);

  internal::MutexLock lock(mutex_);
  pending->submitted = deps_.clock.now();
  const bool is_new = pending_.try_emplace(activation.id, std::move(pending)).second;
  OWPOOL_ASSERT(is_new);
  postAll(handle(event::ActivationArrived{std::move(activation)}));
}

void PoolDriver::Impl::advance() {
  internal::MutexLock lock(mutex_);
  const TimePoint now = deps_.clock.now();
  postAll(begin(pool_.advanceTo(now), now));
}

std::optional<TimePoint> PoolDriver::Impl::nextDeadline() const {
  internal::MutexLock lock(mutex_);
  return pool_.nextDeadline();
}

void PoolDriver::Impl::serveDeadlines() {
  internal::MutexLock lock(mutex_);
  while (!isDone()) {
    const std::optional<TimePoint> next = pool_.nextDeadline();
    const TimePoint now = deps_.clock.now();
    if (next && *next <= now) {
      postAll(begin(pool_.advanceTo(now), now));
      continue;
    }
    waiting_until_ = next;
    if (next) {
      changed_.waitFor(mutex_, *next - now);
    } else {
      changed_.wait(mutex_);
    }
  }
}

void PoolDriver::Impl::beginShutDown(Duration drain_time) {
  internal::MutexLock lock(mutex_);
  const TimePoint now = deps_.clock.now();
  postAll(begin(pool_.shutDown(drain_time, now), now));
  changed_.notifyAll();  // Perhaps nothing is left to do.
}

bool PoolDriver::Impl::isDone() const { return pool_.isShutDown() && task_count_ == 0; }

bool PoolDriver::Impl::isShutDown() const {
  internal::MutexLock lock(mutex_);
  return isDone();
}

PoolStats PoolDriver::Impl::stats() const {
  internal::MutexLock lock(mutex_);
  return pool_.stats();
}

ContainerTable PoolDriver::Impl::containers() const {
  internal::MutexLock lock(mutex_);
  return pool_.containers();
}

PoolDriver::Impl::Due PoolDriver::Impl::handle(Event event) {
  const TimePoint now = deps_.clock.now();
  if (deps_.observer != nullptr) deps_.observer->onEvent(event, now);
  return begin(pool_.handle(std::move(event), now), now);
}

void PoolDriver::Impl::deliver(Event event) {
  Due due;
  {
    internal::MutexLock lock(mutex_);
    due = handle(std::move(event));
  }
  for (auto& callback : due) callback();
}

void PoolDriver::Impl::deliverFromOutside(Event event) {
  internal::MutexLock lock(mutex_);
  postAll(handle(std::move(event)));
}

PoolDriver::Impl::Due PoolDriver::Impl::begin(Effects effects, TimePoint now) {
  Due due;
  for (Effect& effect : effects) {
    if (deps_.observer != nullptr) deps_.observer->onEffect(effect, now);
    begin(effect, due);
  }
  const std::optional<TimePoint> next = pool_.nextDeadline();
  if (next && (!waiting_until_ || *next < *waiting_until_)) changed_.notifyAll();
  return due;
}

// The lambdas run in here, with the lock; that is told to clang for each of them.
void PoolDriver::Impl::begin(Effect& effect, Due& due) {
  std::visit(
      Overloaded{
          [&](effect::AnswerWithResult& e) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
            answer(e.activation, std::nullopt, std::nullopt, due);
          },
          [&](effect::AnswerWithError& e) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
            answer(e.activation, std::move(e.response), std::nullopt, due);
          },
          [&](effect::RefuseActivation& e) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
            answer(e.activation,
                   errorResponse(ActivationStatus::WhiskError, refusalMessage(e.reason)),
                   e.reason, due);
          },
          [&](effect::ActivationPlaced& e) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
            ActivationOutcome& outcome = pending_.at(e.activation)->outcome;
            outcome.start = e.kind;
            outcome.container = e.id;
          },
          [](effect::ActivationWaits&) {},  // These two are for the observer.
          [](effect::PrewarmsChecked&) {},
          [&](effect::GrantCredits& e) { deps_.feed->grantCredits(e.count); },
          [&](effect::AbandonContainer& e) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
            hosts_.at(e.id)->is_abandoned = true;
          },
          [&](effect::RemovalGivenUp& e) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
            hosts_.erase(e.id);
          },
          [&](auto& e) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { call(std::move(e)); },
      },
      effect);
}

void PoolDriver::Impl::post(absl::AnyInvocable<void()> task) {
  ++task_count_;
  deps_.executor.post([this, work = std::move(task)]() mutable {
    work();
    work = nullptr;  // What it holds goes before it counts as ended.
    internal::MutexLock lock(mutex_);
    --task_count_;
    if (isDone()) changed_.notifyAll();
  });
}

void PoolDriver::Impl::postAll(Due due) {
  for (auto& callback : due) post(std::move(callback));
}

// ---- Answers

void PoolDriver::Impl::answer(ActivationId id, std::optional<ActivationResponse> response,
                              std::optional<RefusalReason> refused, Due& due) {
  const auto found = pending_.find(id);
  OWPOOL_ASSERT(found != pending_.end());
  PendingPtr pending = std::move(found->second);
  pending_.erase(found);
  if (response) pending->outcome.response = *std::move(response);
  pending->outcome.refused = refused;
  pending->is_answered = true;
  if (!pending->is_running && !pending->logs) pending->logs = ActivationLogs{};
  ActivationOutcome outcome = pending->outcome;
  due.push_back([this, pending = std::move(pending), outcome = std::move(outcome)]() mutable {
    giveOutcome(pending, std::move(outcome));
  });
}

void PoolDriver::Impl::giveOutcome(const PendingPtr& pending, ActivationOutcome outcome) {
  pending->on_outcome(std::move(outcome));
  pending->on_outcome = nullptr;
  std::optional<ActivationLogs> logs;
  {
    internal::MutexLock lock(mutex_);
    pending->outcome_given = true;
    logs = std::exchange(pending->logs, std::nullopt);
  }
  if (logs && pending->on_logs) pending->on_logs(*std::move(logs));
}

void PoolDriver::Impl::giveLogs(const PendingPtr& pending, ActivationLogs logs) {
  {
    internal::MutexLock lock(mutex_);
    if (!pending->outcome_given) {
      pending->logs = std::move(logs);
      return;
    }
  }
  if (pending->on_logs) pending->on_logs(std::move(logs));
}

}  // namespace owpool
