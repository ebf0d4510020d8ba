// What every ContainerFactory must do, as a test suite of this library that needs
// no test framework: run it on your own factory.
#ifndef OWPOOL_TESTING_CONTAINER_FACTORY_CONTRACT_H_
#define OWPOOL_TESTING_CONTAINER_FACTORY_CONTRACT_H_

#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "owpool/container_factory.h"

namespace owpool::testing {

// What the suite needs to know to exercise a factory.
struct FactoryUnderTest {
  ContainerFactory* factory = nullptr;  // REQUIRES: not null.
  RuntimeKind runtime;                  // One that starts.
  RuntimeKind broken_runtime;           // One that does not.
  ByteSize memory = ByteSize::mebibytes(128);

  // Code for "runtime":
  ActionCode echo;    // Answers its parameters, and writes "out" to stdout, "err" to stderr.
  ActionCode broken;  // Does not take: /init fails.
  ActionCode exits;   // Ends its container as soon as it runs.
  ActionCode hangs;   // Runs for ever.

  // Ends the container from outside, as a crash would. Empty: that cannot be done.
  absl::AnyInvocable<void(Container&)> kill;
};

struct ContractFailure {
  std::string rule;     // What must hold.
  std::string observed;
};

// Runs every rule; empty means that all hold. Blocks; creates and destroys
// containers. Takes seconds on a real factory.
std::vector<ContractFailure> checkContainerFactoryContract(FactoryUnderTest& under_test);

}  // namespace owpool::testing

#endif  // OWPOOL_TESTING_CONTAINER_FACTORY_CONTRACT_H_
