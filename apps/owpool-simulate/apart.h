// Runs code that may abort or hang in a process of its own.
#ifndef OWPOOL_SIMULATE_APART_H_
#define OWPOOL_SIMULATE_APART_H_

#include <functional>
#include <string>
#include <type_traits>

namespace owpool::simulate {

// Memory that a process shares with those it starts. T must be plain.
template <typename T>
class Shared;

namespace internal {
void* mapShared(std::size_t size);  // Zeros. Aborts if there is no memory.
void unmapShared(void* memory, std::size_t size);
}  // namespace internal

template <typename T>
class Shared {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Shared() : value_(new (internal::mapShared(sizeof(T))) T()) {}
  ~Shared() { internal::unmapShared(value_, sizeof(T)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  T* operator->() { return value_; }
  T& operator*() { return *value_; }

 private:
  T* value_;
};

// Calls "run" in a child process and waits for its end. Returns "" iff it
// returned ""; else what it returned, or what the process wrote to its standard
// error and how it ended. The child is stopped when keepAlive() was not called for
// a minute. REQUIRES: this process has one thread.
std::string runApart(const std::function<std::string()>& run);

// Called in the child: it does not hang.
void keepAlive();

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_APART_H_
