#include <catch2/catch.hpp>

#include "owpool/testing/container_factory_contract.h"
#include "owpool/testing/fake_container_factory.h"

namespace owpool {
namespace {

ActionCode codeOf(std::string text) {
  ActionCode code;
  code.text = std::move(text);
  return code;
}

TEST_CASE("the fake factory keeps the contract of every factory") {
  testing::FakeContainerFactory fake;
  testing::FactoryUnderTest under_test;
  under_test.factory = &fake;
  under_test.runtime = {"nodejs:20", "node"};
  under_test.broken_runtime = {"nodejs:20", "missing"};
  under_test.echo = codeOf("echo");
  under_test.broken = codeOf("broken");
  under_test.exits = codeOf("exits");
  under_test.hangs = codeOf("hangs");
  under_test.kill = [&fake](Container& container) { fake.kill(container.address()); };
  for (const testing::ContractFailure& failure :
       testing::checkContainerFactoryContract(under_test)) {
    FAIL_CHECK(failure.rule << ": " << failure.observed);
  }
  CHECK(fake.living().empty());
}

}  // namespace
}  // namespace owpool
