#include "owpool/pool.h"

#include <algorithm>
#include <utility>

#include "core/pool_impl.h"

namespace owpool {
namespace {

// Counts the container in the one state that it is in.
void countState(const ContainerData& data, PoolStats& stats) {
  const auto count = [&](int& containers, ByteSize& memory) {
    ++containers;
    memory += data.memory;
  };
  std::visit(internal::Overloaded{
                 [&](const Starting&) { count(stats.starting_count, stats.starting_memory); },
                 [&](const Prewarmed&) { count(stats.prewarmed_count, stats.prewarmed_memory); },
                 [&](const WarmingCold&) { count(stats.warming_count, stats.warming_memory); },
                 [&](const Warming&) { count(stats.warming_count, stats.warming_memory); },
                 [&](const Warmed& warmed) {
                   if (warmed.active_count > 0) {
                     count(stats.busy_count, stats.busy_memory);
                     return;
                   }
                   count(stats.idle_count, stats.idle_memory);
                   if (warmed.phase == WarmPhase::Paused) {
                     count(stats.paused_count, stats.paused_memory);
                   }
                 },
                 [&](const Draining&) { count(stats.busy_count, stats.busy_memory); },
                 [&](const Removing&) { count(stats.removing_count, stats.removing_memory); },
             },
             data.state);
}

}  // namespace

// ---- The public calls

absl::StatusOr<Pool> Pool::create(PoolConfig config) {
  if (absl::Status valid = config.validate(); !valid.ok()) return valid;
  return Pool(std::make_unique<Impl>(std::move(config)));
}

Pool::Pool(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Pool::Pool(Pool&&) noexcept = default;
Pool& Pool::operator=(Pool&&) noexcept = default;
Pool::~Pool() = default;

Effects Pool::start(TimePoint now) { return impl_->start(now); }
Effects Pool::handle(Event event, TimePoint now) { return impl_->handle(std::move(event), now); }
Effects Pool::advanceTo(TimePoint now) { return impl_->advanceTo(now); }
Effects Pool::shutDown(Duration drain_time, TimePoint now) {
  return impl_->shutDown(drain_time, now);
}
std::optional<TimePoint> Pool::nextDeadline() const { return impl_->nextDeadline(); }
bool Pool::isShutDown() const { return impl_->isShutDown(); }
const PoolConfig& Pool::config() const { return impl_->config(); }
const ContainerTable& Pool::containers() const { return impl_->containers(); }
PoolStats Pool::stats() const { return impl_->stats(); }
void Pool::checkInvariants() const { impl_->checkInvariants(); }
std::string Pool::debugString() const { return impl_->debugString(); }

// ---- What every call begins and ends with

Pool::Impl::Impl(PoolConfig config)
    : config_(std::move(config)), buffer_(config_) {
  for (const PrewarmConfig& prewarm : config_.prewarms) {
    prewarms_.emplace_back().wanted = prewarm;
  }
}

void Pool::Impl::begin(TimePoint now) {
  OWPOOL_ASSERT(effects_.empty());
  OWPOOL_ASSERT(now >= now_ || !started_);
  now_ = now;
}

// Whatever happened: what is due is done, the buffer's head gets its chance,
// missing stem cells are started.
Effects Pool::Impl::finish() {
  doWhatIsDue();
  if (drain_deadline_) removeIdle();  // What it frees is for those that still wait.
  processBuffer();
  bypassHead();
  if (drain_deadline_) {
    removeIdle();
  } else {
    startMissingPrewarms();
    grantCredits();
  }
  OWPOOL_ASSERT(memoryConsumptionOf(table_, config_.memory_accounting) <= config_.user_memory);
  return std::exchange(effects_, {});
}

Effects Pool::Impl::start(TimePoint now) {
  OWPOOL_ASSERT(!started_);
  begin(now);
  started_ = true;
  if (!config_.prewarms.empty()) {
    next_prewarm_check_ = internal::later(now, config_.prewarm_check_delay);
  }
  return finish();
}

Effects Pool::Impl::handle(Event event, TimePoint now) {
  OWPOOL_ASSERT(started_);
  begin(now);
  std::visit([this](auto& e) { on(std::move(e)); }, event);
  return finish();
}

Effects Pool::Impl::advanceTo(TimePoint now) {
  OWPOOL_ASSERT(started_);
  begin(now);
  return finish();
}

Effects Pool::Impl::shutDown(Duration drain_time, TimePoint now) {
  OWPOOL_ASSERT(started_);
  begin(now);
  const TimePoint deadline = internal::later(now, std::max(drain_time, Duration::zero()));
  drain_deadline_ = std::min(drain_deadline_.value_or(deadline), deadline);
  return finish();
}

bool Pool::Impl::isShutDown() const {
  return drain_deadline_.has_value() && unanswered_count_ == 0 && table_.size() == 0;
}

// Never more out than the feed may have with us; so each answer gives one back.
void Pool::Impl::grantCredits() {
  const int grantable = std::max(0, config_.feed_credits - unanswered_count_);
  if (grantable > unused_credits_) {
    emit(effect::GrantCredits{grantable - unused_credits_});
    unused_credits_ = grantable;
  }
}

// ---- Records

const ContainerData& Pool::Impl::containerOf(ContainerId id) const {
  const ContainerData* data = table_.find(id);
  OWPOOL_ASSERT(data != nullptr);
  return *data;
}

Pool::Impl::Record& Pool::Impl::recordOf(ContainerId id) {
  const auto found = records_.find(id);
  OWPOOL_ASSERT(found != records_.end());
  return found->second;
}

Pool::Impl::Record* Pool::Impl::answered(ContainerId id, Call call) {
  const auto found = records_.find(id);
  if (found == records_.end() || found->second.call != call) {
    ++counters_.ignored_events_total;
    return nullptr;
  }
  endCall(found->second);
  return &found->second;
}

void Pool::Impl::endCall(Record& record) {
  if (record.call == Call::Start) --starts_in_flight_;
  record.call = Call::None;
}

void Pool::Impl::beginCall(ContainerId id, Call call, Duration time) {
  Record& record = recordOf(id);
  endCall(record);
  record.call = call;
  if (call == Call::Start) ++starts_in_flight_;
  record.call_deadline = internal::later(now_, time);
}

PoolStats Pool::Impl::stats() const {
  PoolStats stats = counters_;
  for (const ContainerData& data : table_) {
    if (activeCountOf(data) > 0) {
      ++stats.active_count;
      stats.active_memory += data.memory;
    }
    countState(data, stats);
  }
  stats.user_memory = memoryConsumptionOf(table_, config_.memory_accounting);
  stats.prewarm_memory = table_.prewarmMemory();
  stats.buffered_count = static_cast<int>(buffer_.size());
  stats.buffered_memory = buffer_.memory();
  stats.oldest_buffered = buffer_.oldestArrival();
  stats.unanswered_count = unanswered_count_;
  return stats;
}

}  // namespace owpool
