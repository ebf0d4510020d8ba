// Goal: the pool places an activation as the rules say. Method: pools are brought into
// state by events, every sequence of them up to a length, and longer ones by chance; at
// each arrival the slow twin is asked first.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>
#include <sstream>

#include "tests/core/builders.h"
#include "tests/oracle/every_choice.h"
#include "tests/oracle/slow_placement.h"

namespace owpool {
namespace {

// A pool, and what may happen to it next.
class World {
 public:
  World(const PoolConfig& config, Duration tick)
      : pool_(*Pool::create(config)), config_(config), tick_(tick) {
    followUp(pool_.start(now_));
  }

  // Something that may happen: an arrival of one of the actions, or an answer.
  using Happening = std::variant<ActionPtr, Event>;

  // By container: every answer to what it was asked last, and its death.
  std::vector<Happening> possible(const std::vector<ActionPtr>& actions, bool with_faults) const {
    std::vector<Happening> all(actions.begin(), actions.end());
    for (const ContainerData& data : pool_.containers()) addAnswers(data, with_faults, all);
    return all;
  }

  // Empty, or how the pool and its slow twin differ.
  std::string happen(Happening happening, InvocationMode mode = InvocationMode::Blocking) {
    now_ += tick_;
    if (const auto* action = std::get_if<ActionPtr>(&happening)) return arrive(*action, mode);
    followUp(pool_.handle(std::get<Event>(std::move(happening)), now_));
    return "";
  }

  const Pool& pool() const { return pool_; }
  int compared_count() const { return compared_count_; }

 private:
  void addAnswers(const ContainerData& data, bool with_faults, std::vector<Happening>& all) const {
    const ContainerId id = data.id;
    const auto add = [&all](Event event) { all.push_back(std::move(event)); };
    if (std::holds_alternative<Starting>(data.state) ||
        std::holds_alternative<WarmingCold>(data.state)) {
      add(event::ContainerStarted{id, ""});
      if (with_faults) add(event::StartFailed{id, {}});
    }
    if (std::holds_alternative<Warming>(data.state)) {
      add(event::InitSucceeded{id});
      if (with_faults) add(event::InitNotDelivered{id});
    }
    if (const auto run = runs_.find(id); run != runs_.end() && !run->second.empty()) {
      add(event::RunCompleted{id, run->second.front(), ContainerFate::Reusable});
      if (with_faults) add(event::RunCompleted{id, run->second.back(), ContainerFate::Broken});
    }
    if (std::holds_alternative<Removing>(data.state)) {
      add(event::ContainerRemoved{id});
      if (with_faults) add(event::RemovalFailed{id, ""});
    } else if (with_faults) {
      add(event::ContainerDied{id});
    }
  }

  std::string arrive(const ActionPtr& action, InvocationMode mode) {
    const Activation arrived{{0, ++last_activation_}, action, mode};
    activations_[arrived.id] = arrived;
    slow_twin::Situation situation{config_, {}, waiting()};
    for (const ContainerData& data : pool_.containers()) situation.containers.push_back(data);
    const std::string expected = slow_twin::place(situation, arrived);
    const Effects effects = pool_.handle(event::ActivationArrived{arrived}, now_);
    const std::string actual = outcomeOf(arrived.id, effects);
    followUp(effects);
    ++compared_count_;
    if (expected == actual) return "";
    return fmt::format("{} {} MB: expected \"{}\", the pool \"{}\"", action->key.name(),
                       action->memory.count() >> 20, expected, actual);
  }

  // The buffer, which Pool::debugString() shows in hexadecimal ids.
  std::vector<Activation> waiting() const {
    std::vector<Activation> all;
    std::istringstream in(pool_.debugString());
    for (std::string line; std::getline(in, line);) {
      std::istringstream words(line);
      std::string word;
      words >> word;
      if (word != "buffer:") continue;
      while (words >> word) all.push_back(activations_.at(*ActivationId::parse(word)));
    }
    return all;
  }

  // In the words of slow_twin::place().
  static std::string outcomeOf(ActivationId id, const Effects& effects) {
    std::string evicted;
    std::string outcome = "wait turn";
    bool is_placed = false;
    for (const Effect& effect : effects) {
      if (const auto* refused = std::get_if<effect::RefuseActivation>(&effect)) {
        outcome = fmt::format("refuse {}", refusalReasonName(refused->reason));
      } else if (const auto* removed = std::get_if<effect::RemoveContainer>(&effect)) {
        if (!is_placed) evicted += fmt::format(" #{}", removed->id.value);
      } else if (const auto* waits = std::get_if<effect::ActivationWaits>(&effect)) {
        if (waits->activation != id) continue;
        outcome = fmt::format("wait {}", waitReasonName(waits->reason));
      } else if (const auto* placed = std::get_if<effect::ActivationPlaced>(&effect)) {
        if (placed->activation != id) continue;
        // What is evicted from here on is for whoever was the head before, and had memory
        // coming that is taken now.
        is_placed = true;
        const bool is_new = placed->kind == StartKind::Cold || placed->kind == StartKind::Recreated;
        outcome = fmt::format("{} #{}", startKindName(placed->kind),
                              is_new ? "?" : std::to_string(placed->id.value));
      }
    }
    return evicted.empty() ? outcome : "evict" + evicted + ", " + outcome;
  }

  // Keeps account of which runs the world has to answer.
  void followUp(const Effects& effects) {
    for (const Effect& effect : effects) {
      if (const auto* run = std::get_if<effect::RunActivation>(&effect)) {
        runs_[run->id].push_back(run->activation);
      } else if (const auto* answer = std::get_if<effect::AnswerWithResult>(&effect)) {
        for (auto& [id, runs] : runs_) {
          runs.erase(std::remove(runs.begin(), runs.end(), answer->activation), runs.end());
        }
      }
    }
  }

  Pool pool_;
  PoolConfig config_;
  Duration tick_;
  TimePoint now_ = at(1h);
  std::uint64_t last_activation_ = 0;
  std::map<ActivationId, Activation> activations_;
  std::map<ContainerId, std::vector<ActivationId>> runs_;
  int compared_count_ = 0;
};

ActionPtr sized(const char* name, ByteSize memory, int concurrency_max) {
  ActionSpec spec;
  spec.name = name;
  spec.memory = memory;
  spec.concurrency_max = concurrency_max;
  return makeAction(spec);
}

const std::vector<ActionPtr>& actions() {
  static const auto* const all = new std::vector<ActionPtr>{
      sized("a", 1_MiB, 2), sized("b", 1_MiB, 1), sized("large", 2_MiB, 1)};
  return *all;
}

// Nothing falls due by itself.
PoolConfig timelessConfig() {
  PoolConfig config;
  config.pause_grace = std::nullopt;
  config.bypass_age_max = 1h;
  config.nonblocking_age_max = 1h;
  config.removal_backoff = {1h, 1h};
  return config;
}

// All four accountings, both disciplines, with a stem cell or without, with a tight limit
// on starts or a wide one.
PoolConfig someConfig(EveryChoice& choice) {
  PoolConfig config = timelessConfig();
  config.user_memory = 2_MiB;
  config.memory_accounting.release = static_cast<MemoryRelease>(choice.below(2));
  config.memory_accounting.prewarms = static_cast<PrewarmAccounting>(choice.below(2));
  config.queue_discipline = static_cast<QueueDiscipline>(choice.below(2));
  if (choice.flag()) config.prewarms = {{kNode, 1_MiB, 1}};
  if (choice.flag()) config.starts_in_flight_max = 1;
  return config;
}

void compareEverySequence(int length, Duration tick, bool with_faults) {
  EveryChoice choice;
  std::int64_t sequence_count = 0;
  std::int64_t compared_count = 0;
  while (choice.begin()) {
    World world(someConfig(choice), tick);
    ++sequence_count;
    for (int step = 0; step < length; ++step) {
      const auto difference =
          world.happen(choice.of(world.possible(actions(), with_faults)));
      if (difference.empty()) continue;
      FAIL("sequence " << sequence_count << ", step " << step << ": " << difference << "\n"
                       << world.pool().debugString());
    }
    compared_count += world.compared_count();
  }
  INFO(fmt::format("{} sequences, {} arrivals compared", sequence_count, compared_count));
  CHECK(sequence_count > 100'000);
  CHECK(compared_count > 2 * sequence_count);
}

TEST_CASE("the pool places as its slow twin does in every short history") {
  compareEverySequence(6, 1s, /*with_faults=*/false);
}

TEST_CASE("the pool places as its slow twin does when everything happens at one instant") {
  compareEverySequence(6, 0s, /*with_faults=*/false);
}

TEST_CASE("the pool places as its slow twin does in every short history with faults") {
  compareEverySequence(5, 1s, /*with_faults=*/true);
}

TEST_CASE("the pool places as its slow twin does in long histories by chance") {
  const auto seed = GENERATE(range(1, 257));
  CAPTURE(seed);
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  const auto below = [&random](int limit) {
    return std::uniform_int_distribution<int>(0, limit - 1)(random);
  };
  PoolConfig config = timelessConfig();
  config.user_memory = ByteSize::mebibytes(3 + below(8));
  config.memory_accounting.release = static_cast<MemoryRelease>(seed % 2);
  config.memory_accounting.prewarms = static_cast<PrewarmAccounting>(seed / 2 % 2);
  config.queue_discipline = static_cast<QueueDiscipline>(seed / 4 % 2);
  config.blocking_priority = static_cast<BlockingPriority>(seed / 8 % 2);
  config.buffer_count_max = 1 + below(12);
  config.starts_in_flight_max = 1 + below(6);
  config.prewarms = {{kNode, 1_MiB, below(3)}, {kPython, 2_MiB, below(2)}};
  std::vector<ActionPtr> choices = actions();
  for (const char* name : {"c", "d", "e"}) {
    ActionSpec spec{name};
    spec.memory = ByteSize::mebibytes(1 + below(3));
    spec.concurrency_max = 1 + below(4);
    spec.runtime = below(2) == 0 ? kNode : kPython;
    choices.push_back(makeAction(spec));
  }
  World world(config, std::chrono::milliseconds(below(2)));
  for (int step = 0; step < 1500; ++step) {
    CAPTURE(step);
    auto possible = world.possible(choices, /*with_faults=*/below(4) == 0);
    // Fewer arrivals than answers, or the buffer would be full all the time.
    const auto arrivals = static_cast<int>(choices.size());
    const auto count = static_cast<int>(possible.size());
    const int chosen = count == arrivals || below(3) == 0 ? below(arrivals)
                                                          : arrivals + below(count - arrivals);
    const auto mode = below(2) == 0 ? InvocationMode::Blocking : InvocationMode::NonBlocking;
    REQUIRE(world.happen(possible[static_cast<std::size_t>(chosen)], mode) == "");
  }
  CHECK(world.compared_count() > 300);
}

}  // namespace
}  // namespace owpool
