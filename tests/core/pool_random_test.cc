// Goal: whatever the world does, the pool keeps its invariants and answers every
// activation exactly once. Method: a world in which calls end well, badly, late,
// twice or never, drawn from a seed; invariants are checked after every step; at
// the end the world answers and the pool must come to rest.
#include <catch2/catch.hpp>

#include <map>
#include <random>

#include "tests/core/pool_under_test.h"

namespace owpool {
namespace {

class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : random_(seed), pool_(*Pool::create(configOf(seed))) {
    for (const int limit : {1, 2, 5}) {
      for (const ByteSize memory : {128_MiB, 256_MiB, 512_MiB}) {
        actions_.push_back(named("c" + std::to_string(limit), memory, limit));
      }
    }
    take(pool_.start(now_));
  }

  void step() {
    now_ += std::chrono::milliseconds(below(chance(20) ? 700000 : 50));
    switch (below(10)) {
      case 0: case 1: case 2: return arrive();
      case 3: return die();
      case 4: return noise();
      case 5: return take(pool_.advanceTo(now_));
      default: return answerOne(/*may_fail=*/true);
    }
  }

  // Everything is answered well from now on; then nothing may be left to wait for.
  void comeToRest() {
    answerEverythingUntil([this] { return unanswered_.empty() && prewarmsAreThere(); });
    CHECK(unanswered_.empty());
    CHECK(prewarmsAreThere());
    CHECK(pool_.stats().buffered_count == 0);
    CHECK(pool_.stats().unanswered_count == 0);
  }

  void shutDown() {
    take(pool_.shutDown(chance(50) ? 0s : 20s, now_));
    for (int i = 0; i < 100; ++i) step();
    answerEverythingUntil([this] { return pool_.isShutDown(); });
    CHECK(pool_.isShutDown());
    CHECK(unanswered_.empty());
  }

 private:
  static PoolConfig configOf(std::uint64_t seed) {
    PoolConfig config;
    config.user_memory = ByteSize::mebibytes(static_cast<std::int64_t>(512 + 256 * (seed % 4)));
    config.buffer_count_max = 20;
    config.feed_credits = static_cast<int>(seed % 3) * 10;
    config.prewarm_health.enabled = seed % 2 == 0;
    if (seed % 5 == 0) config.pause_grace = std::nullopt;
    if (seed % 5 == 1) config.pause_grace = 0s;
    config.prewarms = {{kNode, 256_MiB, static_cast<int>(seed % 3)}, {kPython, 128_MiB, 1}};
    return config;
  }

  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  bool chance(int percent) { return below(100) < percent; }

  bool prewarmsAreThere() const {
    for (const PrewarmConfig& prewarm : pool_.config().prewarms) {
      if (pool_.containers().prewarmCount(prewarm.runtime, prewarm.memory) != prewarm.count) {
        return false;
      }
    }
    return true;
  }

  template <typename Done>
  void answerEverythingUntil(Done is_done) {
    for (int i = 0; i < 100000 && !(calls_.empty() && is_done()); ++i) {
      if (!calls_.empty()) {
        answerOne(/*may_fail=*/false);
        continue;
      }
      REQUIRE(pool_.nextDeadline().has_value());
      now_ = std::max(now_, *pool_.nextDeadline());
      take(pool_.advanceTo(now_));
    }
  }

  void arrive() {
    const ActivationId id{0, ++last_activation_};
    unanswered_.insert({id, 0});
    take(pool_.handle(
        event::ActivationArrived{
            {id, actions_[static_cast<std::size_t>(below(static_cast<int>(actions_.size())))]}},
        now_));
  }

  void die() {
    if (pool_.containers().size() == 0) return;
    auto it = pool_.containers().begin();
    for (int skip = below(static_cast<int>(pool_.containers().size())); skip > 0; --skip) ++it;
    take(pool_.handle(event::ContainerDied{it->id}, now_));
  }

  // An answer to nobody's question.
  void noise() {
    const ContainerId id{static_cast<std::uint64_t>(below(60))};
    const ActivationId activation{0, static_cast<std::uint64_t>(below(200))};
    if (sent_.contains(activation)) return;  // That would be a lie, not noise.
    switch (below(3)) {
      case 0: return take(pool_.handle(event::RunCompleted{{id}, activation, {}}, now_));
      case 1: return take(pool_.handle(event::RunNotDelivered{{id}, activation}, now_));
      default: return take(pool_.handle(event::ContainerDied{{100000}}, now_));
    }
  }

  void answerOne(bool may_fail) {
    if (calls_.empty()) return;
    const std::size_t at = static_cast<std::size_t>(below(static_cast<int>(calls_.size())));
    const Effect call = calls_[at];
    calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(at));
    if (may_fail && chance(3)) return;  // Never answered.
    const bool is_good = !may_fail || chance(75);
    answer(call, is_good);
    const bool is_run = std::holds_alternative<effect::RunActivation>(call);
    if (may_fail && !is_run && chance(3)) answer(call, is_good);  // Answered twice.
  }

  void answer(const Effect& call, bool is_good) {
    const ActivationResponse error = errorResponse(ActivationStatus::DeveloperError, "bad luck");
    std::visit(
        internal::Overloaded{
            [&](const effect::StartContainer& e) {
              // Addresses are few, so that they are reused.
              is_good ? send(event::ContainerStarted{e.id, "h" + std::to_string(below(40))})
                      : send(event::StartFailed{e.id, error});
            },
            [&](const effect::InitializeContainer& e) {
              if (is_good) return send(event::InitSucceeded{e.id});
              chance(50) ? send(event::InitFailed{e.id, error})
                         : send(event::InitNotDelivered{e.id});
            },
            [&](const effect::RunActivation& e) {
              if (is_good && chance(50)) {
                send(event::ResultKnown{e.id, e.activation});
                if (chance(5)) return;  // Its logs never end.
              }
              if (is_good) return send(event::RunCompleted{e.id, e.activation, {}});
              if (chance(50)) {
                sent_.erase(e.activation);
                send(event::RunNotDelivered{e.id, e.activation});
              } else {
                send(event::RunCompleted{e.id, e.activation, ContainerFate::Broken});
              }
            },
            [&](const effect::PauseContainer& e) {
              is_good ? send(event::ContainerPaused{e.id}) : send(event::PauseFailed{e.id, "no"});
            },
            [&](const effect::ResumeContainer& e) {
              is_good ? send(event::ContainerResumed{e.id}) : send(event::ResumeFailed{e.id, "no"});
            },
            [&](const effect::RemoveContainer& e) {
              is_good ? send(event::ContainerRemoved{e.id})
                      : send(event::RemovalFailed{e.id, "no"});
            },
            [&](const effect::ProbeContainer& e) {
              send(event::ProbeCompleted{
                  e.id, is_good ? ProbeResult::Reachable : ProbeResult::Unreachable});
            },
            [](const auto&) {},
        },
        call);
  }

  void send(Event event) { take(pool_.handle(std::move(event), now_)); }

  void take(const Effects& effects) {
    pool_.checkInvariants();
    for (const Effect& effect : effects) {
      std::visit(internal::Overloaded{
                     [&](const effect::AnswerWithResult& e) { answered(e.activation); },
                     [&](const effect::AnswerWithError& e) { answered(e.activation); },
                     [&](const effect::RefuseActivation& e) { answered(e.activation); },
                     [&](const effect::RunActivation& e) {
                       // Never while a run of it may still be going on.
                       REQUIRE(sent_.insert({e.activation, 0}).second);
                       calls_.push_back(effect);
                     },
                     [](const effect::ActivationPlaced&) {},
                     [](const effect::AbandonContainer&) {},
                     [](const effect::RemovalGivenUp&) {},
                     [](const effect::ActivationWaits&) {},
                     [](const effect::PrewarmsChecked&) {},
                     [](const effect::GrantCredits&) {},
                     [&](const auto&) { calls_.push_back(effect); },
                 },
                 effect);
    }
  }

  void answered(ActivationId id) {
    INFO(id.low);
    REQUIRE(unanswered_.erase(id) == 1);  // Exactly once.
  }

  std::mt19937_64 random_;
  Pool pool_;
  TimePoint now_ = at(1h);
  std::vector<ActionPtr> actions_;
  std::vector<Effect> calls_;  // Begun and not answered.
  std::map<ActivationId, int> unanswered_;
  std::map<ActivationId, int> sent_;
  std::uint64_t last_activation_ = 0;
};

TEST_CASE("whatever the world does, every activation is answered exactly once") {
  const auto seed = GENERATE(range(1, 61));
  CAPTURE(seed);
  RandomWorld world(static_cast<std::uint64_t>(seed));
  for (int step = 0; step < 600; ++step) {
    CAPTURE(step);
    world.step();
  }
  SECTION("and the pool comes to rest when the world answers") { world.comeToRest(); }
  SECTION("and a shutdown ends") { world.shutDown(); }
}

}  // namespace
}  // namespace owpool
