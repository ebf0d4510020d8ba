#include "owpoold/invoke/invoker.h"

#include <chrono>
#include <utility>

#include "fmt/format.h"
#include "owpoold/operation/log.h"
#include "owpoold/support/random.h"

namespace owpool::daemon {
namespace {

// Of the many that go well only who debugs wants to read.
void logOutcome(const ActionRecord& action, const std::string& transaction_id,
                const ActivationOutcome& outcome) {
  const ActivationStatus status = outcome.response.status;
  const bool is_our_fault = status == ActivationStatus::WhiskError;
  const LogLevel level = is_our_fault                          ? LogLevel::Error
                         : status == ActivationStatus::Success ? LogLevel::Debug
                                                               : LogLevel::Info;
  if (!isLogged(level)) return;
  const std::string container =
      outcome.container ? std::to_string(outcome.container->value) : std::string("none");
  log(level,
      is_our_fault ? "activation failed by the fault of this server" : "activation ended",
      {{"activation", outcome.id.toString()},
       {"transaction", transaction_id},
       {"container", container},
       {"action", action.qualifiedName()},
       {"start", outcome.start ? startKindName(*outcome.start) : "none"},
       {"status", std::to_string(static_cast<int>(status))},
       {"error", status == ActivationStatus::Success ? std::string() : outcome.response.result}});
}

CountedAction countedAction(const ActionRecord& action) {
  return {action.owner.name, action.owner.name, action.path(), action.kind,
          action.limits.memory_mb};
}

}  // namespace

// One activation on its way. Guarded by Invoker::mutex_, but for action,
// transaction_id and collects_logs, which do not change.
struct Invoker::Pending {
  InvocableActionPtr action;
  std::string transaction_id;
  InvocationThrottle::Slot slot;
  bool collects_logs = false;
  std::condition_variable answered;
  bool accepted = false;  // The client was told that it goes on.
  std::optional<RefusalReason> refused;
  std::optional<ActivationRecord> record;  // Set when the outcome is known.
  std::uint64_t ticket = 0;
};

void Invoker::setApiHost(std::string api_host) {
  std::lock_guard lock(mutex_);
  api_host_ = std::move(api_host);
}

ActivationRequest Invoker::makeRequest(const Invocation& invocation, ActivationId id) {
  ActivationRequest request;
  request.activation.id = id;
  request.activation.action = invocation.action->action;
  request.parameters = invocation.arguments.parameters;
  request.environment = invocation.arguments.environment;
  ActivationContext& context = request.context;
  const ActionRecord& action = invocation.action->record;
  context = {{"namespace", action.owner.name},
             {"action_name", fmt::format("/{}", action.qualifiedName())},
             {"action_version", action.version},
             {"activation_id", id.toString()},
             {"transaction_id", invocation.transaction_id}};
  if (wantsApiKey(action)) context.push_back({"api_key", invocation.api_key});
  std::lock_guard lock(mutex_);
  if (!api_host_.empty()) context.push_back({"api_host", api_host_});
  return request;
}

InvocationAnswer Invoker::invoke(Invocation invocation) {
  const ActivationId id = randomActivationId();
  ActivationRequest request = makeRequest(invocation, id);
  auto pending = std::make_shared<Pending>();
  pending->action = std::move(invocation.action);
  pending->slot = std::move(invocation.slot);
  pending->transaction_id = invocation.transaction_id;
  pending->collects_logs = request.activation.action->log_limit > ByteSize();
  {
    std::lock_guard lock(mutex_);
    pending_.emplace(id.toString(), pending);
  }

  PoolDriver::OnLogs on_logs;
  if (pending->collects_logs) {
    on_logs = [this, pending](ActivationLogs logs) { onLogs(pending, std::move(logs)); };
  }
  deps_.driver.submit(
      std::move(request),
      [this, pending](ActivationOutcome outcome) { onOutcome(pending, std::move(outcome)); },
      std::move(on_logs));

  InvocationAnswer answer;
  if (const auto reason = deps_.refusals.take(id)) {
    answer.refused = reason;
    std::lock_guard lock(mutex_);
    pending->slot.release();
  } else {
    answer = awaitAnswer(pending, invocation.wait);
  }
  answer.activation_id = id.toString();
  return answer;
}

InvocationAnswer Invoker::awaitAnswer(const PendingPtr& pending, std::optional<Duration> wait) {
  std::unique_lock lock(mutex_);
  if (wait) {
    pending->answered.wait_for(lock, *wait, [&] { return pending->record || pending->refused; });
  }
  InvocationAnswer answer;
  if (pending->refused) {
    answer.refused = pending->refused;
  } else if (wait && pending->record) {
    answer.record = pending->record;
    // As OpenWhisk's: the logs are in the record, whether or not they were there by now.
    answer.record->logs = "[]";
  } else {
    pending->accepted = true;
  }
  return answer;
}

void Invoker::onOutcome(const PendingPtr& pending, ActivationOutcome outcome) {
  deps_.refusals.take(outcome.id);
  const std::string id = outcome.id.toString();
  const ActionRecord& action = pending->action->record;
  {
    std::lock_guard lock(mutex_);
    if (outcome.refused && !pending->accepted) {
      pending->slot.release();
      pending->refused = outcome.refused;
      pending->answered.notify_all();
      pending_.erase(id);
      return;
    }
    // Refused only after the client was told otherwise: then it failed, by our fault.
    // Before anybody knows of it: who invokes one after the other is never throttled, and
    // who has his answer finds it counted.
    pending->slot.release();
    deps_.metrics.count(countedAction(action), outcome);
    if (deps_.observer != nullptr) deps_.observer->onOutcome(action.qualifiedName(), outcome);
    pending->record = makeActivationRecord(action, outcome, deps_.unix_millis());
    pending->ticket = ++last_ticket_;
    unrecorded_.insert(pending->ticket);
    pending->answered.notify_all();
  }
  logOutcome(action, pending->transaction_id, outcome);
  if (!pending->collects_logs) writeRecord(pending);
}

void Invoker::onLogs(const PendingPtr& pending, ActivationLogs logs) {
  ActivationId id;
  {
    std::lock_guard lock(mutex_);
    if (!pending->record) return;  // It was refused.
    pending->record->logs = formatLogs(logs.lines);
    id = ActivationId::parse(pending->record->id).value_or(ActivationId());
  }
  if (deps_.observer != nullptr) {
    deps_.observer->onLogs(pending->action->record.qualifiedName(), id, logs.lines);
  }
  writeRecord(pending);
}

void Invoker::writeRecord(const PendingPtr& pending) {
  ActivationRecord record;
  {
    std::lock_guard lock(mutex_);
    record = *pending->record;
  }
  if (const auto status = deps_.store.insertActivation(record); status.ok()) {
    deps_.metrics.recordsAreWritten();
  } else {
    deps_.metrics.countUnrecorded();
    log(LogLevel::Error, "the record of an activation could not be written",
        {{"activation", record.id},
         {"transaction", pending->transaction_id},
         {"error", std::string(status.message())}});
  }
  std::lock_guard lock(mutex_);
  pending_.erase(record.id);
  unrecorded_.erase(pending->ticket);
  recorded_.notify_all();
}

void Invoker::awaitRecord(const std::string& id, Duration timeout) {
  std::unique_lock lock(mutex_);
  recorded_.wait_for(lock, timeout, [&] {
    const auto found = pending_.find(id);
    return found == pending_.end() || !found->second->record;
  });
}

void Invoker::awaitRecords(Duration timeout) {
  std::unique_lock lock(mutex_);
  const std::uint64_t newest = last_ticket_;
  recorded_.wait_for(lock, timeout,
                     [&] { return unrecorded_.empty() || *unrecorded_.begin() > newest; });
}

}  // namespace owpool::daemon
