#include "owpoold/admin/container_log.h"

#include <algorithm>
#include <map>

namespace owpool::daemon {
namespace {

constexpr std::size_t kEvictedMax = 1000;

ActionFactsPtr factsOf(const Action& action) {
  return std::make_shared<const ActionFacts>(ActionFacts{action.key, action.version,
                                                         action.runtime.kind, action.memory,
                                                         action.concurrency_max});
}

}  // namespace

ContainerLog::ContainerLog(const std::vector<PrewarmConfig>& prewarms, std::size_t histories_max)
    : histories_max_(std::max<std::size_t>(1, histories_max)) {
  for (const PrewarmConfig& prewarm : prewarms) {
    stem_cells_.push_back({prewarm.runtime, prewarm.memory, prewarm.count});
  }
}

// ---- Actions

ActionHistory* ContainerLog::historyOf(const ActionKey& key) {
  const auto found = by_name_.find(NameView(key.invocationNamespace(), key.name()));
  return found == by_name_.end() ? nullptr : &found->second->second;
}

ActionFactsPtr ContainerLog::used(const Action& action) {
  const ActionKey& key = action.key;
  const auto found = by_name_.find(NameView(key.invocationNamespace(), key.name()));
  if (found != by_name_.end()) {
    histories_.splice(histories_.begin(), histories_, found->second);
    ActionFactsPtr& newest = found->second->second.newest;
    if (!(newest->key == key)) newest = factsOf(action);
    return newest;
  }
  if (histories_.size() >= histories_max_) {
    histories_forgotten_ = true;
    by_name_.erase(histories_.back().first);
    histories_.pop_back();
  }
  Name name(key.invocationNamespace(), key.name());
  histories_.push_front({name, {factsOf(action), nullptr, {}}});
  by_name_.emplace(std::move(name), histories_.begin());
  return histories_.front().second.newest;
}

// ---- Containers

ContainerLog::Living* ContainerLog::find(ContainerId id) {
  const auto found = living_.find(id);
  return found == living_.end() ? nullptr : &found->second;
}

ContainerLog::Living& ContainerLog::add(ContainerId id, const std::string& kind, ByteSize memory,
                                        const ActionFactsPtr& action, TimePoint now) {
  auto life = std::make_shared<ContainerLife>();
  life->id = id;
  life->kind = kind;
  life->memory = memory;
  life->created = now;
  life->last_used = now;
  life->was_stem_cell = action == nullptr;
  Living& living = living_[id];
  living.life = std::move(life);
  if (action != nullptr) {
    bind(living, action);
  } else if (StemCells* cells = stemCellsOf(*living.life)) {
    ++cells->starting;
  }
  return living;
}

void ContainerLog::bind(Living& living, const ActionFactsPtr& action) {
  ContainerLife& life = *living.life;
  if (life.action != nullptr) return;
  if (life.was_stem_cell) {
    if (StemCells* cells = stemCellsOf(life)) --(life.started ? cells->ready : cells->starting);
  }
  life.action = action;
  if (ActionHistory* history = historyOf(action->key)) history->living.push_back(life.id);
}

void ContainerLog::started(ContainerId id, std::string address, TimePoint now) {
  const Living* living = find(id);
  if (living == nullptr || living->life->started) return;
  ContainerLife& life = *living->life;
  life.started = now;
  life.last_used = now;
  life.address = std::move(address);
  StemCells* cells = stemCellsOf(life);
  if (cells == nullptr || life.removal || life.action != nullptr) return;
  --cells->starting;
  ++cells->ready;
}

void ContainerLog::removalOrdered(ContainerId id, RemovalCause cause, TimePoint now) {
  Living* living = find(id);
  if (living == nullptr || living->life->removal) return;
  ContainerLife& life = *living->life;
  life.removal = {cause, now, now - life.last_used, std::nullopt, nullptr};
  living->assigned.clear();
  if (cause == RemovalCause::Evicted) {
    evicted_.emplace(id, living->life);
    if (evicted_.size() > kEvictedMax) evicted_.erase(evicted_.begin());
  }
  if (life.action == nullptr) {
    if (StemCells* cells = stemCellsOf(life)) --(life.started ? cells->ready : cells->starting);
    return;
  }
  if (ActionHistory* history = historyOf(life.action->key)) {
    std::erase(history->living, id);
    history->last = living->life;
  }
}

void ContainerLog::gone(ContainerId id) {
  const Living* living = find(id);
  if (living != nullptr && living->life->removal) living_.erase(id);
}

ContainerLifePtr ContainerLog::takeEvicted(ContainerId id) {
  const auto found = evicted_.extract(id);
  return found.empty() ? nullptr : found.mapped();
}

// ---- Stem cells

StemCells* ContainerLog::stemCellsOf(const ContainerLife& life) {
  if (!life.was_stem_cell) return nullptr;
  const auto found = std::find_if(stem_cells_.begin(), stem_cells_.end(), [&](const auto& cells) {
    return cells.runtime.kind == life.kind && cells.memory == life.memory;
  });
  return found == stem_cells_.end() ? nullptr : &*found;
}

StemCellMiss ContainerLog::missOf(const ActionFacts& action) const {
  StemCellMiss miss = StemCellMiss::NoneOfKind;
  for (const StemCells& cells : stem_cells_) {
    if (cells.runtime.kind != action.kind) continue;
    if (cells.memory == action.memory) {
      const bool are_none = cells.wanted == 0 && cells.starting == 0;
      return are_none ? StemCellMiss::NoneWanted : StemCellMiss::NoneReady;
    }
    if (cells.wanted > 0) miss = StemCellMiss::OtherMemory;
  }
  return miss;
}

void ContainerLog::wants(const RuntimeKind& runtime, ByteSize memory, int count) {
  for (StemCells& cells : stem_cells_) {
    if (cells.runtime == runtime && cells.memory == memory) cells.wanted = count;
  }
}

// ---- All of them

MemoryHolders ContainerLog::holders() const {
  MemoryHolders holders;
  std::map<const ActionFacts*, int> counts;
  for (const auto& [id, living] : living_) {
    if (living.assigned.empty()) continue;
    ++holders.busy_count;
    holders.busy_memory += living.life->memory;
    const int count = ++counts[living.life->action.get()];
    if (count <= holders.most_frequent_count) continue;
    holders.most_frequent_count = count;
    holders.most_frequent = living.life->action;
  }
  return holders;
}

std::vector<ContainerLife> ContainerLog::living() const {
  std::vector<ContainerLife> lives;
  for (const auto& [id, living] : living_) lives.push_back(*living.life);
  std::sort(lives.begin(), lives.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return lives;
}

}  // namespace owpool::daemon
