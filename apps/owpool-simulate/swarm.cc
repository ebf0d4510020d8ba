// Which operations an episode consists of.
#include <algorithm>
#include <array>
#include <chrono>

#include "owpool-simulate/plan.h"

namespace owpool::simulate {
namespace {

using namespace std::chrono_literals;

template <std::size_t n>
using Weights = std::array<std::uint32_t, n>;

struct Swarm {
  Weights<kOperationKindCount> operations{};
  Weights<kCallKindCount + 1> calls{};
  Weights<kOutcomeCount> outcomes{};
  Weights<kLifePhaseCount + 1> phases{};
  Weights<4> times{};
  std::uint32_t burst_max = 1;
  std::uint64_t spread = 1;  // How far "which" reaches: 1 is always the first.
};

// A third of them 0, the others anything from 1 to 128.
template <std::size_t n>
Weights<n> drawWeights(Random& random) {
  Weights<n> weights{};
  for (std::uint32_t& weight : weights) {
    weight = random.oneIn(3) ? 0 : std::uint32_t{1} << random.below(8);
  }
  return weights;
}

// At least one of them must be able to happen.
template <std::size_t n>
void ensureOne(Weights<n>& weights, std::size_t fallback) {
  for (const std::uint32_t weight : weights) {
    if (weight > 0) return;
  }
  weights[fallback] = 1;
}

void raise(std::uint32_t& weight, std::uint32_t least) { weight = std::max(weight, least); }

Swarm drawSwarm(std::uint64_t swarm_seed) {
  Random random(swarm_seed);
  Swarm swarm;
  swarm.operations = drawWeights<kOperationKindCount>(random);
  const auto weightOf = [&](OperationKind kind) -> std::uint32_t& {
    return swarm.operations[static_cast<std::size_t>(kind)];
  };
  // Without arrivals and answers little happens; mostly they are frequent.
  if (!random.oneIn(10)) raise(weightOf(OperationKind::Arrive), 32);
  if (!random.oneIn(10)) raise(weightOf(OperationKind::Answer), 128);
  // After a shutdown everything is refused: it may come at any time, but seldom does.
  weightOf(OperationKind::ShutDown) = random.oneIn(4) ? 1 : 0;
  weightOf(OperationKind::Burst) /= 8;
  ensureOne(swarm.operations, static_cast<std::size_t>(OperationKind::Arrive));

  swarm.calls = drawWeights<kCallKindCount + 1>(random);
  raise(swarm.calls[kCallKindCount], random.oneIn(5) ? 1 : 256);
  swarm.outcomes = drawWeights<kOutcomeCount>(random);
  if (!random.oneIn(8)) raise(swarm.outcomes[0], 128);
  ensureOne(swarm.outcomes, 0);
  swarm.phases = drawWeights<kLifePhaseCount + 1>(random);
  raise(swarm.phases[kLifePhaseCount], 4);
  swarm.times = drawWeights<4>(random);
  ensureOne(swarm.times, 0);
  swarm.burst_max = random.oneOf<std::uint32_t>({2, 10, 50, 300});
  swarm.spread = random.oneOf<std::uint64_t>({1, 3, 1000});
  return swarm;
}

Duration drawTime(Random& random, std::size_t scale) {
  switch (scale) {
    case 0: return std::chrono::milliseconds(random.below(50));
    case 1: return std::chrono::milliseconds(random.below(5'000));
    case 2: return std::chrono::seconds(random.below(900));
    default: return std::chrono::hours(1 + random.below(48));
  }
}

}  // namespace

Operations makeOperations(std::uint64_t episode_seed, std::uint64_t swarm_seed,
                          std::size_t action_count) {
  const Swarm swarm = drawSwarm(swarm_seed);
  Random random(subSeed(episode_seed, 1));
  Operations operations(random.oneIn(4) ? 1000 + random.below(2000) : 200 + random.below(800));
  for (Operation& operation : operations) {
    operation.kind = static_cast<OperationKind>(random.weighted(swarm.operations));
    operation.call = static_cast<CallKind>(random.weighted(swarm.calls));
    operation.outcome = static_cast<Outcome>(random.weighted(swarm.outcomes));
    operation.phase = static_cast<LifePhase>(random.weighted(swarm.phases));
    const bool is_arrival =
        operation.kind == OperationKind::Arrive || operation.kind == OperationKind::Burst;
    operation.which =
        static_cast<std::uint32_t>(random.below(is_arrival ? action_count : swarm.spread));
    operation.count = static_cast<std::uint32_t>(1 + random.below(swarm.burst_max));
    operation.time = drawTime(random, random.weighted(swarm.times));
    if (operation.kind == OperationKind::ShutDown && random.oneIn(2)) operation.time = 0s;
  }
  return operations;
}

}  // namespace owpool::simulate
