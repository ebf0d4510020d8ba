// The whole API over a pool of fake containers, without a network.
#ifndef OWPOOL_TESTS_OWPOOLD_API_HARNESS_H_
#define OWPOOL_TESTS_OWPOOLD_API_HARNESS_H_

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "json/json.h"
#include "owpool/pool_driver.h"
#include "owpool/testing/fake_container_factory.h"
#include "owpoold/api/api.h"
#include "owpoold/operation/live_checks.h"
#include "temp_dir.h"

namespace owpool::daemon {

// Kinds: nodejs:20 and python:3. What an action does is said by its code, see
// fake_container_factory.h.
class ApiHarness {
 public:
  explicit ApiHarness(const PoolConfig& config = {});
  ~ApiHarness();  // Shuts the pool down.

  // The answer to a request with the key, unless "headers" bring an authorization.
  http::Response call(const std::string& method, const std::string& target,
                      const std::string& body = "", http::Headers headers = {}) const;
  // The same below /api/v1/namespaces/_/; fails the test if the status is another.
  // The body, parsed.
  json::Value expect(int status, const std::string& method, const std::string& target,
                     const std::string& body = "") const;

  // Until guest has so many activation records; fails the test if it takes long.
  void awaitActivations(std::int64_t count) const;

  // Makes an action of kind nodejs:20. "more" are further members of the body, each
  // preceded by a comma.
  void create(const std::string& name, const std::string& code, const std::string& more = "") const;

  ByteSize bodyLimit(const http::Request& request) const { return api_->bodyLimit(request); }
  void beginShutDown() { driver_->beginShutDown(std::chrono::seconds(10)); }

  // The same with another's key.
  http::Response callAs(const ApiKey& key, const std::string& method, const std::string& target,
                        const std::string& body = "") const;
  Store& store() { return *store_; }
  Namespaces& namespaces() { return *namespaces_; }
  const ApiKey& key() const { return key_; }  // Of the namespace guest.

  testing::FakeContainerFactory factory;
  ActivationMetrics metrics;
  HealthBoard board = newHealthBoard();
  std::atomic<std::int64_t> unix_millis{1'700'000'000'000};

 private:
  TempDir dir_;
  Manifest manifest_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Namespaces> namespaces_;
  ApiKey key_;
  std::unique_ptr<ActionCache> actions_;
  std::unique_ptr<Authenticator> authenticator_;
  Refusals refusals_;
  std::unique_ptr<Executor> executor_;
  OperationRoutes operation_;
  std::unique_ptr<PoolDriver> driver_;
  std::unique_ptr<Invoker> invoker_;
  std::unique_ptr<Api> api_;
  std::thread deadlines_;
};

// The value of the first header of that name; empty if there is none.
std::string headerOf(const http::Response& response, const std::string& name);

// Of an object, by a path like "response.result"; fails the test if it is not there.
std::string textAt(const json::Value& object, const std::string& path);

// Of an activation: the annotation's value, or "absent".
std::string annotationOf(const json::Value& activation, const std::string& key);

}  // namespace owpool::daemon

#endif  // OWPOOL_TESTS_OWPOOLD_API_HARNESS_H_
