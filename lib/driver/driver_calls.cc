// The effects that call the world. Every call blocks, so it runs on the executor,
// without the lock.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/assert.h"
#include "driver/driver_impl.h"

namespace owpool {
namespace {

// OpenWhisk's names: <counter>_<namespace>_<action>, <counter>_prewarm_<kind>.
std::string containerName(const effect::StartContainer& start) {
  constexpr std::size_t kPartMax = 40;
  const auto filtered = [](std::string_view text) {
    std::string kept;
    for (const char c : text) {
      const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
      if (is_plain && kept.size() < kPartMax) kept += c;
    }
    return kept;
  };
  if (start.action == nullptr) {
    return fmt::format("{}_prewarm_{}", start.id.value, filtered(start.runtime.kind));
  }
  const std::string& name = start.action->key.name();
  return fmt::format("{}_{}_{}", start.id.value,
                     filtered(start.action->key.invocationNamespace()),
                     filtered(std::string_view(name).substr(name.rfind('/') + 1)));
}

ActivationResponse startFailure(const absl::Status& status) {
  const bool is_actions_fault = status.code() == absl::StatusCode::kInvalidArgument;
  return errorResponse(
      is_actions_fault ? ActivationStatus::DeveloperError : ActivationStatus::WhiskError,
      std::string(status.message()));
}

}  // namespace

// ---- One call at a time on each container

void PoolDriver::Impl::enqueue(const HostPtr& host, absl::AnyInvocable<void()> call) {
  host->calls.push_back(std::move(call));
  if (host->is_calling) return;
  host->is_calling = true;
  post([this, host] { runNextCall(host); });
}

void PoolDriver::Impl::runNextCall(const HostPtr& host) {
  absl::AnyInvocable<void()> next;
  {
    internal::MutexLock lock(mutex_);
    next = std::move(host->calls.front());
    host->calls.pop_front();
  }
  next();
  internal::MutexLock lock(mutex_);
  host->is_calling = !host->calls.empty();
  if (host->is_calling) post([this, host] { runNextCall(host); });
}

// ---- Start and removal

void PoolDriver::Impl::call(effect::StartContainer effect) {
  auto host = std::make_shared<Host>();
  hosts_.emplace(effect.id, host);
  enqueue(host, [this, host, effect = std::move(effect)]() mutable {
    createContainer(host, std::move(effect));
  });
}

void PoolDriver::Impl::createContainer(const HostPtr& host, effect::StartContainer effect) {
  const ContainerId id = effect.id;
  StartRequest request;
  request.name = containerName(effect);
  request.runtime = std::move(effect.runtime);
  request.memory = effect.memory;
  request.action = std::move(effect.action);
  request.timeout = effect.timeout;
  request.on_death = [this, id] { deliverFromOutside(event::ContainerDied{id}); };
  absl::StatusOr<std::unique_ptr<Container>> created = deps_.factory.create(std::move(request));
  if (!created.ok()) {
    Due due;
    {
      internal::MutexLock lock(mutex_);
      due = handle(event::StartFailed{id, startFailure(created.status())});
      // If its removal was ordered meanwhile, that finds nothing to remove.
      if (!host->is_removing) hosts_.erase(id);
    }
    for (auto& callback : due) callback();
    return;
  }
  std::string address = (*created)->address();
  {
    internal::MutexLock lock(mutex_);
    host->container = *std::move(created);
  }
  deliver(event::ContainerStarted{id, std::move(address)});
}

// A removal cuts other calls short, so it does not queue behind them; but it waits
// for the start.
void PoolDriver::Impl::call(effect::RemoveContainer effect) {
  const HostPtr host = hosts_.at(effect.id);
  host->is_abandoned = true;
  if (host->is_removing) return;  // The one in progress answers.
  host->is_removing = true;
  if (host->container == nullptr) {
    enqueue(host, [this, host, effect] { removeContainer(host, effect); });
  } else {
    post([this, host, effect] { removeContainer(host, effect); });
  }
}

void PoolDriver::Impl::removeContainer(const HostPtr& host, effect::RemoveContainer effect) {
  std::shared_ptr<Container> container;
  {
    internal::MutexLock lock(mutex_);
    container = host->container;
  }
  const absl::Status removed =
      container == nullptr ? absl::OkStatus() : container->destroy(effect.timeout);
  Due due;
  {
    internal::MutexLock lock(mutex_);
    host->is_removing = false;
    if (removed.ok()) {
      due = handle(event::ContainerRemoved{effect.id});
      hosts_.erase(effect.id);
    } else {
      due = handle(event::RemovalFailed{effect.id, removed.ToString()});
    }
  }
  for (auto& callback : due) callback();
}

bool PoolDriver::Impl::mayBegin(const HostPtr& host) {
  internal::MutexLock lock(mutex_);
  return !host->is_abandoned;
}

// ---- Init and run

void PoolDriver::Impl::begun(Pending& pending, TimePoint now) {
  if (pending.was_begun) return;
  pending.was_begun = true;
  pending.outcome.wait = now - pending.submitted;
}

void PoolDriver::Impl::notBegun(Pending& pending) {
  pending.was_begun = false;
  pending.outcome.wait = Duration::zero();
  pending.outcome.init = std::nullopt;
}

void PoolDriver::Impl::call(effect::InitializeContainer effect) {
  const HostPtr host = hosts_.at(effect.id);
  PendingPtr pending = pending_.at(effect.activation);
  ActivationContext context = pending->request.context;
  enqueue(host, [this, host, effect = std::move(effect), pending = std::move(pending),
                 context = std::move(context)]() mutable {
    initializeContainer(host, std::move(effect), pending, std::move(context));
  });
}

void PoolDriver::Impl::initializeContainer(const HostPtr& host, effect::InitializeContainer effect,
                                           const PendingPtr& pending, ActivationContext context) {
  if (!mayBegin(host)) {
    deliver(event::InitNotDelivered{effect.id});
    return;
  }
  const TimePoint began = deps_.clock.now();
  InitResult result =
      host->container->initialize({std::move(effect.action), std::move(context), effect.timeout,
                                   pending->request.environment});
  {
    internal::MutexLock lock(mutex_);
    if (result.delivered) {
      begun(*pending, began);
      pending->outcome.init = deps_.clock.now() - began;
    }
  }
  if (!result.delivered) {
    deliver(event::InitNotDelivered{effect.id});
  } else if (result.response.status != ActivationStatus::Success) {
    collectInitLogs(*host->container, pending);
    deliver(event::InitFailed{effect.id, std::move(result.response)});
  } else {
    deliver(event::InitSucceeded{effect.id});
  }
}

// What the code said as it failed belongs to the activation that brought it.
void PoolDriver::Impl::collectInitLogs(Container& container, const PendingPtr& pending) {
  if (!pending->on_logs) return;
  ActivationLogs logs = collectLogs(container, *pending, ActivationStatus::DeveloperError);
  internal::MutexLock lock(mutex_);
  if (!pending->is_answered) pending->logs = std::move(logs);
}

void PoolDriver::Impl::call(effect::RunActivation effect) {
  const HostPtr host = hosts_.at(effect.id);
  const PendingPtr pending = pending_.at(effect.activation);
  pending->is_running = true;
  post([this, host, effect, pending] { runActivation(host, effect, pending); });
}

void PoolDriver::Impl::runActivation(const HostPtr& host, effect::RunActivation effect,
                                     const PendingPtr& pending) {
  const TimePoint began = deps_.clock.now();
  // Meanwhile the container may have been given up, or the activation answered: then
  // nothing may run any more.
  bool may_begin = false;
  {
    internal::MutexLock lock(mutex_);
    may_begin = !host->is_abandoned && !pending->is_answered;
    if (may_begin) begun(*pending, began);
  }
  const ActivationRequest& request = pending->request;
  RunResult result{/*delivered=*/false, {}};
  if (may_begin) {
    result = host->container->run(
        {request.activation.action, request.parameters, request.context, effect.timeout});
  }
  const ActivationStatus status = result.response.status;
  const bool is_delivered = result.delivered;
  bool was_given_up = false;
  Due due;
  {
    internal::MutexLock lock(mutex_);
    was_given_up = pending->is_answered;
    due = ranActivation(effect, pending, std::move(result), deps_.clock.now() - began);
    if (is_delivered && pending->on_logs) {
      post([this, host, effect, pending, status] {
        finishWithLogs(host, effect, pending, status);
      });
    }
  }
  for (auto& callback : due) callback();
  if (!is_delivered && was_given_up) giveLogs(pending, {});
}

PoolDriver::Impl::Due PoolDriver::Impl::ranActivation(effect::RunActivation effect,
                                                      const PendingPtr& pending, RunResult result,
                                                      Duration duration) {
  if (!result.delivered) {
    pending->is_running = false;
    notBegun(*pending);
    return handle(event::RunNotDelivered{effect.id, effect.activation});
  }
  const ActivationStatus status = result.response.status;
  pending->outcome.run = duration;
  pending->outcome.response = std::move(result.response);
  if (pending->on_logs) return handle(event::ResultKnown{effect.id, effect.activation});
  return handle(event::RunCompleted{effect.id, effect.activation,
                                    fateAfter(status, /*logs_complete=*/true)});
}

void PoolDriver::Impl::finishWithLogs(const HostPtr& host, effect::RunActivation effect,
                                      const PendingPtr& pending, ActivationStatus status) {
  ActivationLogs logs = collectLogs(*host->container, *pending, status);
  deliver(event::RunCompleted{effect.id, effect.activation, fateAfter(status, logs.complete)});
  giveLogs(pending, std::move(logs));
}

// A container that broke may never write its end mark: what is there is taken.
ActivationLogs PoolDriver::Impl::collectLogs(Container& container, const Pending& pending,
                                             ActivationStatus status) {
  const ByteSize limit = pending.request.activation.action->log_limit;
  if (limit <= ByteSize()) return {};
  const bool ends_marked = pending.request.activation.action->log_ends_marked;
  return container.collectLogs({limit, ends_marked && status != ActivationStatus::DeveloperError});
}

// ---- Pause, resume, probe

void PoolDriver::Impl::call(effect::PauseContainer effect) {
  const HostPtr host = hosts_.at(effect.id);
  enqueue(host, [this, host, effect] {
    if (!mayBegin(host)) return;  // Its removal was ordered: nobody waits for the answer.
    const absl::Status paused = host->container->pause(effect.timeout);
    if (paused.ok()) {
      deliver(event::ContainerPaused{effect.id});
    } else {
      deliver(event::PauseFailed{effect.id, paused.ToString()});
    }
  });
}

void PoolDriver::Impl::call(effect::ResumeContainer effect) {
  const HostPtr host = hosts_.at(effect.id);
  enqueue(host, [this, host, effect] {
    if (!mayBegin(host)) return;  // As above.
    const absl::Status resumed = host->container->resume(effect.timeout);
    if (resumed.ok()) {
      deliver(event::ContainerResumed{effect.id});
    } else {
      deliver(event::ResumeFailed{effect.id, resumed.ToString()});
    }
  });
}

void PoolDriver::Impl::call(effect::ProbeContainer effect) {
  post([this, container = hosts_.at(effect.id)->container, effect] {
    deliver(event::ProbeCompleted{effect.id,
                                  deps_.prober->probe(container->address(), effect.timeout)});
  });
}

}  // namespace owpool
