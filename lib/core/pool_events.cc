#include "owpool/pool_events.h"

namespace owpool {

ContainerFate fateAfter(ActivationStatus status, bool logs_complete) {
  const bool is_sound =
      status == ActivationStatus::Success || status == ActivationStatus::ApplicationError;
  return is_sound && logs_complete ? ContainerFate::Reusable : ContainerFate::Broken;
}

std::string_view startKindName(StartKind kind) {
  switch (kind) {
    case StartKind::Warmed: return "warmed";
    case StartKind::Warming: return "warming";
    case StartKind::WarmingCold: return "warmingCold";
    case StartKind::Prewarmed: return "prewarmed";
    case StartKind::Cold: return "cold";
    case StartKind::RecreatedPrewarm: return "recreatedPrewarm";
    case StartKind::Recreated: return "recreated";
  }
  return "?";
}

std::string_view warmMissName(WarmMiss miss) {
  switch (miss) {
    case WarmMiss::None: return "none";
    case WarmMiss::Unknown: return "unknown";
    case WarmMiss::Busy: return "busy";
  }
  return "?";
}

std::string_view waitReasonName(WaitReason reason) {
  switch (reason) {
    case WaitReason::Memory: return "memory";
    case WaitReason::Removal: return "removal";
    case WaitReason::StartsInFlight: return "startsInFlight";
    case WaitReason::Turn: return "turn";
  }
  return "?";
}

std::string_view refusalReasonName(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::InvalidAction: return "invalidAction";
    case RefusalReason::LargerThanPool: return "largerThanPool";
    case RefusalReason::BufferFull: return "bufferFull";
    case RefusalReason::ShuttingDown: return "shuttingDown";
  }
  return "?";
}

}  // namespace owpool
