#include "owpool-simulate/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "owpool-simulate/effect_text.h"

namespace owpool::simulate {

Checker::Checker(const PoolConfig& config) : config_(config) {
  for (const PrewarmConfig& prewarm : config.prewarms) {
    stem_cells_.emplace_back().wanted_count = prewarm.count;
  }
}

void Checker::before(const Event& event, TimePoint now) {
  now_ = now;
  std::visit([this](const auto& e) { on(e); }, event);
}

void Checker::beforeShutDown(Duration drain_time, TimePoint now) {
  now_ = now;
  const TimePoint deadline = now + std::max(drain_time, Duration::zero());
  drain_deadline_ = std::min(drain_deadline_.value_or(deadline), deadline);
}

void Checker::after(const Effects& effects, TimePoint now) {
  now_ = now;
  for (const Effect& effect : effects) {
    effect_ = &effect;
    std::visit([this](const auto& e) { on(e); }, effect);
  }
  effect_ = nullptr;
  require(!to_be_started_, "a container that an activation was placed on is started");
  arriving_.reset();
}

std::optional<ActivationId> Checker::unanswered(std::uint32_t which) const {
  constexpr std::size_t kTries = 32;
  for (std::size_t i = 0; i < kTries && i < activations_.size(); ++i) {
    const std::size_t index = (which + i * activations_.size() / kTries) % activations_.size();
    if (activations_[index].action && !activations_[index].is_answered) {
      return ActivationId{0, index};
    }
  }
  return std::nullopt;
}

bool Checker::isAtRest() const {
  if (unanswered_count_ > 0) return false;
  if (drain_deadline_) return known_count_ == 0;
  for (std::size_t i = 0; i < stem_cells_.size(); ++i) {
    const PrewarmConfig& prewarm = config_.prewarms[i];
    const int least = prewarm.reactive ? prewarm.reactive->count_min : prewarm.count;
    const bool has_room =
        !isShared() || user_memory_ + prewarm_memory_ + prewarm.memory <= config_.user_memory;
    if (stem_cells_[i].count < least && has_room) return false;
  }
  return true;
}

Checker::Container* Checker::find(ContainerId id) {
  if (id.value >= containers_.size() || !containers_[id.value].is_known) return nullptr;
  return &containers_[id.value];
}

Checker::Activity* Checker::find(ActivationId id) {
  if (id.high != 0 || id.low >= activations_.size() || !activations_[id.low].action) {
    return nullptr;
  }
  return &activations_[id.low];
}

// Keeps the first: what follows may be its consequence.
void Checker::broken(const char* rule) {
  if (!violation_.empty()) return;
  violation_ = fmt::format("broken rule: {}", rule);
  if (effect_ != nullptr) violation_ += fmt::format("\n  by the effect: {}", textOf(*effect_));
}

}  // namespace owpool::simulate
