// How long things take, side by side on the machine at hand. Not a test: run by
// scripts/with-docker-engine build/…/docker_engine_test "[figures]".
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "tests/docker/docker_fixture.h"

namespace owpool::docker_test {
namespace {

using std::chrono::seconds;

// Median of "count" runs, in milliseconds.
double median(int count, const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
            .count());
  }
  std::nth_element(times.begin(), times.begin() + count / 2, times.end());
  return times[static_cast<std::size_t>(count) / 2];
}

TEST_CASE("figures", "[.][figures]") {
  DockerFactoryConfig config = testConfig();
  for (const DockerPause pause : {DockerPause::Engine, DockerPause::Freezer}) {
    config.pause = pause;
    Fixture fixture(config);
    const std::string by = pause == DockerPause::Engine ? "engine" : "freezer";
    TestContainer container =
        warm(*fixture.factory, script("function main(args) { return args; }"));
    double resume = 0;
    const double both = median(20, [&] {
      REQUIRE(container.container->pause(seconds(10)).ok());
      resume += median(1, [&] { REQUIRE(container.container->resume(seconds(10)).ok()); });
    });
    fmt::print("pause and resume by the {}: {:.3f} ms, of which resume {:.3f} ms\n", by, both,
               resume / 20);
    fmt::print("run, warm: {:.3f} ms\n", median(50, [&] { container.run(); }));
    fmt::print("run and logs, warm: {:.3f} ms\n", median(50, [&] {
                 container.run();
                 container.logs();
               }));
  }
  Fixture fixture(config);
  std::vector<TestContainer> containers;
  fmt::print("create and start: {:.1f} ms\n", median(8, [&] {
               containers.push_back(*create(*fixture.factory, script("")));
             }));
  fmt::print("destroy: {:.1f} ms\n", median(8, [&] {
               REQUIRE(containers.back().container->destroy(seconds(10)).ok());
               containers.pop_back();
             }));
  fmt::print("create, start and /init: {:.1f} ms\n", median(5, [&] {
               containers.push_back(
                   warm(*fixture.factory, script("function main(args) { return args; }")));
             }));
}

}  // namespace
}  // namespace owpool::docker_test
