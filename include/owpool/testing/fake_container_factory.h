#ifndef OWPOOL_TESTING_FAKE_CONTAINER_FACTORY_H_
#define OWPOOL_TESTING_FAKE_CONTAINER_FACTORY_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "owpool/container_factory.h"

namespace owpool::testing {

// Containers that exist in memory only, for tests of whoever drives a pool. It
// obeys the contract of container_factory_contract.h. What a container does is
// said by its code's text (ActionCode::text):
//
//   "broken"    /init fails with a developer error, and logs "broken" to stderr
//   "error"     /run answers {"error":"as told"}, an application error
//   "exits"     /run ends the container, a developer error
//   "hangs"     /run returns when its timeout is over or the container is gone
//   otherwise   /run answers its parameters
//
// A kind whose image is "missing" does not start. Every run logs "out" to stdout
// and "err" to stderr. It aborts when it is called against the rules of Container: a
// run before the init, or in a paused container, or a second init. Thread-safe.

class FakeContainerFactory final : public ContainerFactory {
 public:
  FakeContainerFactory();
  ~FakeContainerFactory() override;  // REQUIRES: its containers are destroyed.

  absl::StatusOr<std::unique_ptr<Container>> create(StartRequest request) override;

  // Called instead of the behaviour above for every run, without a lock held.
  void setRun(std::function<RunResult(const RunRequest&)> run);
  // The next "count" runs are not delivered.
  void refuseRuns(int count);
  // The next "count" calls of Container::destroy() fail.
  void failRemovals(int count);
  void failPauses(bool fails);

  // Ends the container at "address" as a crash would. False if there is none.
  bool kill(const std::string& address);

  // Addresses of containers that live, by age.
  std::vector<std::string> living() const;
  int createdCount() const;
  // What was called, in order: "create NAME", "init ACTION", "run ACTION", "pause",
  // "resume", "destroy".
  std::vector<std::string> calls() const;

  struct Shared;  // With its containers.

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace owpool::testing

#endif  // OWPOOL_TESTING_FAKE_CONTAINER_FACTORY_H_
