// What an outside project does with owpool::owpool alone: it decides for a pool of
// three containers.
#include <iostream>
#include <memory>

#include "owpool/scheduling.h"
#include "owpool/version.h"

int main() {
  using namespace owpool;
  using namespace owpool::literals;
  auto hello = std::make_shared<Action>();
  hello->key = ActionKey("guest", "guest/hello", "1");
  const PrewarmConfig stem_cells[] = {{{"nodejs:20", "node"}, 256_MiB, 3}};

  ContainerTable table;
  table.add({ContainerId{1}, 128_MiB, Warmed{hello}});
  table.add({ContainerId{2}, 256_MiB, Warmed{hello, 0, TimePoint(Duration(5))}});
  table.add({ContainerId{3}, 256_MiB, Prewarmed{stem_cells[0].runtime}});

  std::cout << "schedule " << schedule(table, hello->key)->value << "\n";
  for (const ContainerId id : remove(table, 128_MiB)) std::cout << "remove " << id.value << "\n";
  for (const PrewarmShortfall& shortfall : backfill(table, stem_cells)) {
    std::cout << "backfill " << shortfall.missing_count << " " << shortfall.runtime.kind << "\n";
  }
  std::cout << "version " << version() << "\n";
}
