#ifndef OWPOOL_CORE_OVERLOADED_H_
#define OWPOOL_CORE_OVERLOADED_H_

namespace owpool::internal {

// One lambda for each alternative of a variant: std::visit(Overloaded{…}, v).
template <typename... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

}  // namespace owpool::internal

#endif  // OWPOOL_CORE_OVERLOADED_H_
