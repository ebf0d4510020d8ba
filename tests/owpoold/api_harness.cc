#include "api_harness.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "fmt/format.h"

namespace owpool::daemon {
namespace {

// A request as http::Server would make it of "target".
http::Request makeRequest(const std::string& method, const std::string& target) {
  http::Request request;
  request.method = method;
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  std::size_t from = 1;
  while (from <= request.path.size()) {
    const std::size_t to = std::min(request.path.find('/', from), request.path.size());
    request.segments.push_back(request.path.substr(from, to - from));
    from = to + 1;
  }
  std::string query = question == std::string::npos ? "" : target.substr(question + 1);
  while (!query.empty()) {
    const std::string pair = query.substr(0, query.find('&'));
    query.erase(0, pair.size() + 1);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    request.query[pair.substr(0, equals)] =
        equals < pair.size() ? pair.substr(equals + 1) : std::string();
  }
  return request;
}

}  // namespace

ApiHarness::ApiHarness(const PoolConfig& config)
    : manifest_(*Manifest::parse(
          R"({"runtimes":{"nodejs":[{"kind":"nodejs:20","default":true}],)"
          R"("python":[{"kind":"python:3","default":true}]}})",
          "/r")),
      store_(*Store::open(dir_.path() + "/owpoold.db", [this] { return unix_millis.load(); })),
      executor_(newThreadPoolExecutor(32)),
      operation_({board, [] { return std::vector<HealthBoard::Entry>(); },
                  [this, limit = config.user_memory] {
                    Measurements measurements;
                    measurements.pool = driver_->stats();
                    measurements.user_memory_limit = limit;
                    measurements.activations = metrics.counts();
                    return measurements;
                  },
                  MetricsCompat::None}) {
  PoolDriver::Deps deps{factory, systemMonotonicClock(), *executor_};
  deps.observer = &refusals_;
  driver_ = std::make_unique<PoolDriver>(*Pool::create(config), deps);
  const auto now = [this] { return unix_millis.load(); };
  namespaces_ = *Namespaces::open(*store_, now);
  key_ = **namespaces_->ensureGuest(dir_.path() + "/key");
  actions_ = std::make_unique<ActionCache>(*store_, manifest_);
  authenticator_ = std::make_unique<Authenticator>(*namespaces_);
  invoker_ = std::make_unique<Invoker>(Invoker::Deps{*driver_, refusals_, *store_, metrics, now});
  api_ = std::make_unique<Api>(ApiContext{
      *store_, *actions_, *invoker_, manifest_, *namespaces_, *authenticator_, metrics,
      config.user_memory, operation_, now});
  board.set("listening", "");
  deadlines_ = std::thread([this] { driver_->serveDeadlines(); });
}

ApiHarness::~ApiHarness() {
  driver_->shutDown(Duration(0));
  deadlines_.join();
}

http::Response ApiHarness::call(const std::string& method, const std::string& target,
                                const std::string& body, http::Headers headers) const {
  http::Request request = makeRequest(method, target);
  request.body = body;
  request.headers = std::move(headers);
  if (!request.header("Authorization")) {
    request.headers.push_back(
        {"Authorization", "Basic " + absl::Base64Escape(key_.text())});
  }
  return api_->handle(request);
}

http::Response ApiHarness::callAs(const ApiKey& key, const std::string& method,
                                  const std::string& target, const std::string& body) const {
  return call(method, target, body,
              {{"Authorization", "Basic " + absl::Base64Escape(key.text())}});
}

json::Value ApiHarness::expect(int status, const std::string& method, const std::string& target,
                               const std::string& body) const {
  const http::Response response = call(method, "/api/v1/namespaces/_/" + target, body);
  INFO(method << " " << target << " answered " << response.status << ": " << response.body);
  REQUIRE(response.status == status);
  auto value = json::parse(response.body);
  REQUIRE(value.ok());
  return *std::move(value);
}

void ApiHarness::create(const std::string& name, const std::string& code,
                        const std::string& more) const {
  expect(200, "PUT", "actions/" + name,
         fmt::format(R"({{"exec":{{"kind":"nodejs:20","code":{}}}{}}})", json::quote(code), more));
}

void ApiHarness::awaitActivations(std::int64_t count) const {
  const NamespaceId guest = namespaces_->find("guest")->id;
  for (int i = 0; i < 2000 && *store_->countActivations(guest, {}) < count; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  REQUIRE(*store_->countActivations(guest, {}) >= count);
}

std::string headerOf(const http::Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (absl::EqualsIgnoreCase(key, name)) return value;
  }
  return "";
}

std::string textAt(const json::Value& object, const std::string& path) {
  INFO(path << " of " << object.text());
  const std::size_t dot = path.find('.');
  const auto member = object.member(path.substr(0, dot));
  REQUIRE(member);
  if (dot != std::string::npos) return textAt(*member, path.substr(dot + 1));
  return member->asString().value_or(std::string(member->text()));
}

std::string annotationOf(const json::Value& activation, const std::string& key) {
  const auto list = activation.member("annotations");
  REQUIRE(list);
  for (const json::Value& entry : list->elements()) {
    if (textAt(entry, "key") == key) return textAt(entry, "value");
  }
  return "absent";
}

}  // namespace owpool::daemon
