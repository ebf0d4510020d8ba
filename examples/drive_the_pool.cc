// The pool by itself: no driver, no thread, no clock. Events go in, effects come out,
// and the program tells the time. The world here is one in which everything that the
// pool orders succeeds at once.
#include <owpool/pool.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace {

using namespace owpool::literals;
using namespace std::chrono_literals;
namespace event = owpool::event;
namespace effect = owpool::effect;
using Answer = std::optional<owpool::Event>;

// Carries out an effect and returns the event that answers it, if any does.
using CarryOut = std::function<Answer(const owpool::Effect&)>;

// pool.h has the list of what answers what.
struct World {
  std::ostream& say(owpool::ContainerId id) {
    return std::cout << "  container " << id.value << ": ";
  }
  std::ostream& say(owpool::ActivationId id) {
    return std::cout << "  activation " << id.low << ": ";
  }

  Answer operator()(const effect::StartContainer& e) {
    say(e.id) << "start " << e.runtime.kind << ", " << e.memory.count() / (1 << 20) << " MiB\n";
    return event::ContainerStarted{e.id, "here:" + std::to_string(e.id.value)};
  }
  Answer operator()(const effect::InitializeContainer& e) {
    say(e.id) << "take the code of " << e.action->key.name() << "\n";
    return event::InitSucceeded{e.id};
  }
  Answer operator()(const effect::RunActivation& e) {
    say(e.id) << "run activation " << e.activation.low << "\n";
    return event::RunCompleted{e.id, e.activation};
  }
  Answer operator()(const effect::PauseContainer& e) {
    say(e.id) << "pause\n";
    return event::ContainerPaused{e.id};
  }
  Answer operator()(const effect::ResumeContainer& e) {
    say(e.id) << "resume\n";
    return event::ContainerResumed{e.id};
  }
  Answer operator()(const effect::RemoveContainer& e) {
    say(e.id) << "remove, because of " << owpool::removalCauseName(e.cause) << "\n";
    return event::ContainerRemoved{e.id};
  }
  Answer operator()(const effect::ActivationPlaced& e) {
    say(e.activation) << "placed, " << owpool::startKindName(e.kind) << "\n";
    return std::nullopt;
  }
  Answer operator()(const effect::AnswerWithResult& e) {
    say(e.activation) << "answered\n";
    return std::nullopt;
  }
  Answer operator()(const effect::AnswerWithError& e) {
    say(e.activation) << "answered with " << e.response.result << "\n";
    return std::nullopt;
  }
  Answer operator()(const effect::RefuseActivation& e) {
    say(e.activation) << "refused, " << owpool::refusalReasonName(e.reason) << "\n";
    return std::nullopt;
  }
  // With this config: reports, and orders that are never given.
  template <typename Other>
  Answer operator()(const Other&) {
    return std::nullopt;
  }
};

// The whole of what a driver does.
class Loop {
 public:
  Loop(owpool::Pool pool, CarryOut carry_out)
      : pool_(std::move(pool)), carry_out_(std::move(carry_out)) {
    settle(pool_.start(now_));
  }

  void arrive(std::uint64_t id, owpool::ActionPtr action) {
    std::cout << now_.time_since_epoch() / 1s << " s: " << action->key.name() << " is invoked\n";
    settle(pool_.handle(event::ActivationArrived{{{0, id}, std::move(action)}}, now_));
  }

  // Lets time pass, stopping wherever something falls due.
  void advanceTo(owpool::Duration since_start) {
    const owpool::TimePoint end(since_start);
    for (auto due = pool_.nextDeadline(); due && *due <= end; due = pool_.nextDeadline()) {
      now_ = std::max(now_, *due);
      std::cout << now_.time_since_epoch() / 1s << " s: something is due\n";
      settle(pool_.advanceTo(now_));
    }
    now_ = end;
  }

  void shutDown() {
    std::cout << now_.time_since_epoch() / 1s << " s: shut down\n";
    settle(pool_.shutDown(0s, now_));
    std::cout << (pool_.isShutDown() ? "all is gone\n" : "something is left\n");
  }

 private:
  // Effects are begun in the order returned; what answers them goes back in.
  void settle(owpool::Effects effects) {
    std::deque<owpool::Event> answers;
    for (;;) {
      for (const owpool::Effect& effect : effects) {
        if (Answer answer = carry_out_(effect)) answers.push_back(*std::move(answer));
      }
      if (answers.empty()) return;
      effects = pool_.handle(std::move(answers.front()), now_);
      answers.pop_front();
    }
  }

  owpool::Pool pool_;
  CarryOut carry_out_;
  owpool::TimePoint now_{};
};

owpool::ActionPtr actionOf(const char* name, owpool::ByteSize memory) {
  owpool::Action action;
  action.key = owpool::ActionKey("guest", name, "1");
  action.runtime = {"nodejs:20", "node"};
  action.memory = memory;
  return std::make_shared<const owpool::Action>(std::move(action));
}

}  // namespace

int main() {
  owpool::PoolConfig config;
  config.user_memory = 512_MiB;
  Loop loop(*owpool::Pool::create(config),
            [](const owpool::Effect& effect) { return std::visit(World{}, effect); });
  const owpool::ActionPtr hello = actionOf("hello", 256_MiB);
  const owpool::ActionPtr resize = actionOf("resize", 512_MiB);

  loop.arrive(1, hello);   // Cold.
  loop.advanceTo(2s);
  loop.arrive(2, hello);   // Warm.
  loop.advanceTo(15s);     // Ten seconds idle: it is paused.
  loop.arrive(3, hello);   // Warm still; it is resumed first.
  loop.advanceTo(20s);
  loop.arrive(4, resize);  // Needs all of the memory: the idle container is evicted for it.
  loop.advanceTo(21s);
  loop.shutDown();
}
