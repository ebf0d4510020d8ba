// What goes into a Pool (events) and what comes out of it (effects). Plain
// values. pool.h says which event answers which effect.
#ifndef OWPOOL_POOL_EVENTS_H_
#define OWPOOL_POOL_EVENTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "owpool/activation.h"
#include "owpool/container_state.h"
#include "owpool/health.h"

namespace owpool {

// Whether a container may run another activation.
enum class ContainerFate { Reusable, Broken };

// OpenWhisk's rule: a container is kept after success and application errors, if
// the activation's logs could be read to their end. Pure.
ContainerFate fateAfter(ActivationStatus status, bool logs_complete);

namespace event {

// An activation asks for a container. One whose id belongs to another activation that
// is not answered yet, or whose container is not free of it yet, is ignored.
struct ActivationArrived { Activation activation; };

// "address" is unique among living containers; a container that was recorded at
// it before is dead, whatever else is known of it. Empty: none is known.
struct ContainerStarted { ContainerId id; std::string address; };
// Nothing of it is left behind. "response" is the answer to whoever waits for it.
struct StartFailed { ContainerId id; ActivationResponse response; };

struct InitSucceeded { ContainerId id; };
// The container did not take the code; "response" is the answer to all who wait.
struct InitFailed { ContainerId id; ActivationResponse response; };
// The code was never received: who waits is given to another container.
struct InitNotDelivered { ContainerId id; };

// The result is known, but the container is not free yet (its logs are being
// collected). Optional, before RunCompleted.
struct ResultKnown { ContainerId id; ActivationId activation; };
// The run ended, well or badly, and the container is free of it.
struct RunCompleted {
  ContainerId id;
  ActivationId activation;
  ContainerFate fate = ContainerFate::Reusable;
};
// The request was certainly not received, so the activation has not run.
struct RunNotDelivered { ContainerId id; ActivationId activation; };

struct ContainerPaused { ContainerId id; };
// "reason" of these three is for who observes the pool; it decides nothing.
struct PauseFailed { ContainerId id; std::string reason; };
struct ContainerResumed { ContainerId id; };
struct ResumeFailed { ContainerId id; std::string reason; };

struct ContainerRemoved { ContainerId id; };
struct RemovalFailed { ContainerId id; std::string reason; };

// It ended although nobody asked for it. Calls in flight are still answered by
// their own events. A hint that comes twice or late does no harm.
struct ContainerDied { ContainerId id; };

struct ProbeCompleted { ContainerId id; ProbeResult result = ProbeResult::Reachable; };

}  // namespace event

using Event =
    std::variant<event::ActivationArrived, event::ContainerStarted, event::StartFailed,
                 event::InitSucceeded, event::InitFailed, event::InitNotDelivered,
                 event::ResultKnown, event::RunCompleted, event::RunNotDelivered,
                 event::ContainerPaused, event::PauseFailed, event::ContainerResumed,
                 event::ResumeFailed, event::ContainerRemoved, event::RemovalFailed,
                 event::ContainerDied, event::ProbeCompleted>;

// How an activation got its container; OpenWhisk's containerState of
// invoker.containerStart.
enum class StartKind {
  Warmed,             // A warm container.
  Warming,            // One that takes the action's code for another activation.
  WarmingCold,        // One that is being started for another activation.
  Prewarmed,          // A stem cell.
  Cold,               // A new one.
  RecreatedPrewarm,   // A stem cell, in the memory of containers evicted for it.
  Recreated,          // A new one, in the memory of containers evicted for it.
};
std::string_view startKindName(StartKind kind);  // "recreatedPrewarm". Static strings.

// Why an activation did not run in a warm container.
enum class WarmMiss {
  None,     // It did, or in one that was warming.
  Unknown,  // There is no container of its action.
  Busy,     // All containers of its action are full, or on their way out.
};
std::string_view warmMissName(WarmMiss miss);

// What an activation waits for.
enum class WaitReason {
  Memory,           // Nothing can be evicted for it: what holds memory is in use.
  Removal,          // Memory that is being freed.
  StartsInFlight,   // PoolConfig::starts_in_flight_max containers are being started.
  Turn,             // Others are before it in the buffer.
};
std::string_view waitReasonName(WaitReason reason);

// Why an activation was not accepted.
enum class RefusalReason {
  InvalidAction,   // It breaks a REQUIRES of owpool/action.h.
  LargerThanPool,  // Its memory exceeds PoolConfig::user_memory: it can never run.
  BufferFull,      // PoolConfig::buffer_count_max activations are waiting.
  ShuttingDown,
};
std::string_view refusalReasonName(RefusalReason reason);

enum class StartPurpose { StemCell, Activation };

namespace effect {

// ---- Answers that an activation gets, exactly one each.

// Its run ended; the result is with whoever sent RunCompleted or ResultKnown.
struct AnswerWithResult { ActivationId activation; };
// It got no result of its own: "response" says why.
struct AnswerWithError { ActivationId activation; ActivationResponse response; };
struct RefuseActivation { ActivationId activation; RefusalReason reason; };

// ---- Calls to the world. A timeout is what the call itself should keep to.

// "action" is null for a stem cell.
struct StartContainer {
  ContainerId id;
  StartPurpose purpose;
  RuntimeKind runtime;
  ByteSize memory;
  ActionPtr action;
  Duration timeout;
};
// "activation" is the first that waits for it; it lends its context to /init.
struct InitializeContainer {
  ContainerId id;
  ActionPtr action;
  ActivationId activation;
  Duration timeout;
};
struct RunActivation { ContainerId id; ActivationId activation; Duration timeout; };
struct PauseContainer { ContainerId id; Duration timeout; };
struct ResumeContainer { ContainerId id; Duration timeout; };
// Calls in flight on it are to be cut short, those that were not begun are not to be
// begun: their answers matter no more. If its start is still under way, it is removed
// when that has ended.
struct RemoveContainer { ContainerId id; RemovalCause cause; Duration timeout; };
struct ProbeContainer { ContainerId id; Duration timeout; };

// ---- Orders that are not answered.

// Nothing more is to be sent to it: it died, or its address belongs to another one now.
// What was already begun may end; a run that was not begun yet is answered with
// RunNotDelivered.
struct AbandonContainer { ContainerId id; };
// The pool shuts down and does not try again to remove it: forget it.
struct RemovalGivenUp { ContainerId id; };

// ---- Told, nothing to be done.

// It has its container, and this is why it is that one.
struct ActivationPlaced {
  ActivationId activation;
  ContainerId id;
  StartKind kind = StartKind::Warmed;
  WarmMiss warm_miss = WarmMiss::None;
  Duration waited{};                          // In the buffer, in all.
  std::optional<WaitReason> waited_for;       // The last reason; nullopt if it did not wait.
  std::vector<ContainerId> evicted;           // For it, in order.
};
// It is the next to be placed and waits; said at most once in
// PoolConfig::waiting_report_interval for each. OpenWhisk's
// containerPool.rescheduledActivation.
struct ActivationWaits {
  ActivationId activation;
  WaitReason reason = WaitReason::Memory;
  ByteSize needed;
  int buffered_count = 0;
};
// The check of reactive stem cells, for each of them that changed. OpenWhisk's
// containerPool.prewarmColdstart and containerPool.prewarmExpired.
struct PrewarmsChecked {
  RuntimeKind runtime;
  ByteSize memory;
  int cold_start_count = 0;  // Since the last check.
  int expired_count = 0;
  int wanted_count = 0;      // From now on.
};
// The feed may send "count" more activations.
struct GrantCredits { int count; };

}  // namespace effect

using Effect =
    std::variant<effect::AnswerWithResult, effect::AnswerWithError, effect::RefuseActivation,
                 effect::StartContainer, effect::InitializeContainer, effect::RunActivation,
                 effect::PauseContainer, effect::ResumeContainer, effect::RemoveContainer,
                 effect::ProbeContainer, effect::AbandonContainer, effect::RemovalGivenUp,
                 effect::ActivationPlaced, effect::ActivationWaits,
                 effect::PrewarmsChecked, effect::GrantCredits>;
using Effects = absl::InlinedVector<Effect, 4>;

}  // namespace owpool

#endif  // OWPOOL_POOL_EVENTS_H_
