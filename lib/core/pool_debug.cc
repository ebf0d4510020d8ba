#include <fmt/format.h>

#include "core/pool_impl.h"

namespace owpool {

std::string Pool::Impl::debugString() const {
  std::string out;
  for (const ContainerData& data : table_) {
    out += fmt::format("#{} {}", data.id.value, stateName(data.state));
    if (const auto* warmed = std::get_if<Warmed>(&data.state)) {
      out += fmt::format("/{}", warmPhaseName(warmed->phase));
    } else if (const auto* removing = std::get_if<Removing>(&data.state)) {
      out += fmt::format("/{}", removalCauseName(removing->cause));
    } else if (const auto* draining = std::get_if<Draining>(&data.state)) {
      out += fmt::format("/{}", removalCauseName(draining->cause));
    }
    if (const Action* action = actionOf(data)) {
      out += fmt::format(" {} {}/{}", action->key.name(), activeCountOf(data),
                         action->concurrency_max);
    }
    out += fmt::format(" {} MB\n", data.memory.count() / ByteSize::mebibytes(1).count());
  }
  if (!buffer_.empty()) {
    out += "buffer:";
    for (const ActivationId& id : buffer_.all()) out += fmt::format(" {}", id.toString());
    out += "\n";
  }
  return out;
}

}  // namespace owpool
