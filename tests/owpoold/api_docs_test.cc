#include <catch2/catch.hpp>
#include <set>

#include "api_harness.h"
#include "owpoold/api/shapes.h"

namespace owpool::daemon {
namespace {

json::Value docsOf(const ApiHarness& api) {
  const auto response = api.call("GET", "/api/v1/api-docs", "", {{"Authorization", ""}});
  REQUIRE(response.status == 200);
  return *json::parse(response.body);
}

// "{…}" of a documented path replaced by what is there.
std::string real(std::string path, const std::string& activation_id) {
  const std::pair<std::string, std::string> names[] = {{"{namespace}", "_"},
                                                       {"{packageName}", "p"},
                                                       {"{actionName}", "a"},
                                                       {"{activationid}", activation_id}};
  for (const auto& [placeholder, name] : names) {
    const std::size_t at = path.find(placeholder);
    if (at != std::string::npos) path.replace(at, placeholder.size(), name);
  }
  return "/api/v1" + path;
}

std::set<std::string> keysOf(const json::Value& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.members()) keys.insert(key);
  return keys;
}

TEST_CASE("What is documented is served, with an answer that is documented, and nothing else is") {
  const ApiHarness api;
  const auto docs = docsOf(api);
  const auto paths = docs.member("paths")->members();
  CHECK(paths.size() > 10);
  for (const auto& [path, operations] : paths) {
    for (const std::string method : {"get", "put", "delete", "post", "patch"}) {
      // Whatever the operation before did, there is an action to begin with.
      for (const char* name : {"a", "p/a"}) {
        api.call("DELETE", std::string("/api/v1/namespaces/_/actions/") + name);
        api.create(name, "x");
      }
      const std::string id =
          textAt(api.expect(200, "POST", "actions/a?blocking=true"), "activationId");
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      const int status = api.call(upper, real(path, id), method == "put" ? "{}" : "").status;
      INFO(method << " " << path << " answered " << status);
      const auto operation = operations.member(method);
      if (operation) {
        CHECK(operation->member("responses")->member(std::to_string(status)));
        CHECK(status != 404);
      } else {
        CHECK((status == 405 || status == 501));
      }
    }
  }
}

TEST_CASE("The documents name every member that the API gives, and no other") {
  const ApiHarness api;
  const auto docs = docsOf(api);
  const auto documented = [&](const std::string& name) {
    return keysOf(*docs.member("definitions")->member(name)->member("properties"));
  };
  const auto action = api.expect(200, "PUT", "actions/a",
                                 R"({"exec":{"kind":"nodejs:20","code":"x","main":"m"}})");
  CHECK(keysOf(action) == documented("Action"));
  ActionRecord own_image;  // Has all that others have.
  own_image.kind = "blackbox";
  own_image.image = "mine/one";
  own_image.code = "x";
  own_image.main = "m";
  const auto own = json::parse(actionJson(own_image, WithCode::Yes));
  CHECK(keysOf(*own->member("exec")) == documented("ActionExec"));
  CHECK(keysOf(*action.member("limits")) == documented("ActionLimits"));
  CHECK(keysOf(api.expect(200, "GET", "actions").elements()[0]) == documented("ActionBrief"));

  CHECK(keysOf(api.expect(202, "POST", "actions/a")) == documented("ActivationId"));
  const auto activation = api.expect(200, "POST", "actions/a?blocking=true");
  CHECK(keysOf(activation) == documented("Activation"));
  const std::string record = "activations/" + textAt(activation, "activationId");
  CHECK(keysOf(api.expect(200, "GET", record)) == documented("Activation"));
  CHECK(keysOf(api.expect(200, "GET", record + "/result")) == documented("ActivationResult"));
  CHECK(keysOf(api.expect(200, "GET", record + "/logs")) == documented("ActivationLogs"));
  CHECK(keysOf(api.expect(200, "GET", "activations").elements()[0]) ==
        documented("ActivationBrief"));
  api.create("p/a", "x");
  CHECK(keysOf(api.expect(200, "GET", "packages").elements()[0]) == documented("PackageBrief"));
  CHECK(keysOf(api.expect(200, "GET", "packages/p")) == documented("Package"));
  CHECK(keysOf(api.expect(404, "GET", "actions/none")) == documented("Error"));
  CHECK(keysOf(api.expect(200, "GET", "limits")) == documented("Limits"));
  CHECK(keysOf(*json::parse(api.call("GET", "/api/v1").body)) == documented("ApiInfo"));
}

TEST_CASE("The documents need no key, and say which operations do") {
  const ApiHarness api;
  const auto docs = docsOf(api);
  for (const auto& [path, operations] : docs.member("paths")->members()) {
    INFO(path);
    const bool is_open = operations.member("get") && operations.member("get")->member("security");
    const int status = api.call("GET", real(path, "0"), "", {{"Authorization", ""}}).status;
    CHECK((status == 401) == !is_open);
  }
  const auto moved = api.call("GET", "/api/v1/docs", "", {{"Authorization", ""}});
  CHECK(moved.status == 308);
  CHECK(headerOf(moved, "Location") == "/api/v1/api-docs");
}

}  // namespace
}  // namespace owpool::daemon
