#include <catch2/catch.hpp>

#include "absl/strings/escaping.h"
#include "api_harness.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

constexpr const char* kHello = R"({"exec":{"kind":"nodejs:default","code":"x = 1"}})";

TEST_CASE("Without the key the API says nothing, however it is asked") {
  const ApiHarness api;
  struct Row {
    std::string authorization;
    const char* message;
  };
  const Row rows[] = {
      {"Basic " + absl::Base64Escape("a:b"), "The supplied authentication is invalid"},
      {"Bearer x", "The supplied authentication is invalid"},
  };
  for (const Row& row : rows) {
    for (const char* target : {"/api/v1/namespaces", "/api/v1/namespaces/_/actions",
                               "/api/v1/namespaces/_/actions/x", "/api/v1/nonsense"}) {
      const auto response = api.call("GET", target, "", {{"Authorization", row.authorization}});
      CHECK(response.status == 401);
      CHECK(headerOf(response, "WWW-Authenticate") ==
            "Basic realm=\"OpenWhisk secure realm\",charset=UTF-8");
      CHECK_THAT(response.body, Contains(row.message));
      CHECK_THAT(response.body, Contains("\"code\":\"" + headerOf(response, "X-Request-ID")));
    }
  }
}

TEST_CASE("The pages for everybody need no key") {
  const ApiHarness api;
  const http::Headers wrong = {{"Authorization", "Basic x"}};
  CHECK(api.call("GET", "/ping", "", wrong).body == "pong");
  CHECK(api.call("GET", "/livez", "", wrong).body == "ok");
  CHECK_THAT(api.call("GET", "/", "", wrong).body, Contains("\"api_paths\":[\"/api/v1\"]"));
  CHECK_THAT(api.call("GET", "/", "", wrong).body, Contains("\"kind\":\"nodejs:20\""));
  CHECK_THAT(api.call("GET", "/api/v1", "", wrong).body, Contains("\"api_version\":\"1.0.0\""));
  CHECK(api.call("GET", "/metrics", "", wrong).content_type ==
        "text/plain; version=0.0.4; charset=utf-8");
  CHECK(api.call("POST", "/ping", "", wrong).status == 405);
  CHECK(api.call("GET", "/pong", "", wrong).status == 404);
}

TEST_CASE("A request's id comes back unless it could be mistaken or do harm") {
  const ApiHarness api;
  const auto idFor = [&](const std::string& given) {
    return headerOf(api.call("GET", "/ping", "", {{"x-request-id", given}}), "X-Request-ID");
  };
  CHECK(idFor("my-id-1") == "my-id-1");
  for (const std::string& bad : {std::string(), std::string("sid_invoker"), std::string("a b"),
                                 std::string("a\r\nSet-Cookie: x"), std::string(129, 'x')}) {
    CHECK(idFor(bad).size() == 32);
    CHECK(idFor(bad) != bad);
  }
}

TEST_CASE("A caller has one namespace, by its name and as the underscore") {
  const ApiHarness api;
  CHECK(api.call("GET", "/api/v1/namespaces").body == "[\"guest\"]");
  CHECK(api.call("GET", "/api/v1/namespaces/guest/actions").status == 200);
  const auto other = api.call("GET", "/api/v1/namespaces/root/actions");
  CHECK(other.status == 403);
  CHECK_THAT(other.body,
             Contains("The supplied authentication is not authorized to access 'root'."));
  CHECK_THAT(api.call("GET", "/api/v1/namespaces/root/actions/pkg/x").body,
             Contains("not authorized to access 'root/pkg/x'."));
}

TEST_CASE("Scripts in browsers may ask first, and read every answer") {
  const ApiHarness api;
  for (const char* target : {"/api/v1", "/api/v1/api-docs", "/api/v1/namespaces",
                             "/api/v1/namespaces/_/actions/none", "/api/v1/nonsense"}) {
    CHECK(headerOf(api.call("GET", target), "Access-Control-Allow-Origin") == "*");
    CHECK(headerOf(api.call("GET", target, "", {{"Authorization", "x"}}),
                   "Access-Control-Allow-Headers") ==
          "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent");
  }
  CHECK(headerOf(Api::rejected(413, "too large"), "Access-Control-Allow-Origin") == "*");
  const auto response = api.call("OPTIONS", "/api/v1/namespaces/_/actions/x", "",
                                 {{"Authorization", ""}});
  CHECK(response.status == 200);
  CHECK(headerOf(response, "Access-Control-Allow-Origin") == "*");
  CHECK(headerOf(response, "Access-Control-Allow-Methods") == "GET, DELETE, POST, PUT, HEAD");
}

TEST_CASE("An action is created, read, listed, updated and deleted") {
  ApiHarness api;
  const auto created = api.expect(200, "PUT", "actions/hello?", kHello);
  CHECK(textAt(created, "namespace") == "guest");
  CHECK(textAt(created, "name") == "hello");
  CHECK(textAt(created, "version") == "0.0.1");
  CHECK(textAt(created, "exec") == R"({"kind":"nodejs:20","code":"x = 1","binary":false})");
  CHECK(textAt(created, "limits") ==
        R"({"timeout":60000,"memory":256,"logs":10,"concurrency":1})");
  CHECK(textAt(created, "updated") == "1700000000000");
  CHECK(textAt(created, "publish") == "false");
  CHECK(textAt(created, "parameters") == "[]");

  CHECK(api.expect(200, "GET", "actions/hello").text() == created.text());
  CHECK(textAt(api.expect(200, "GET", "actions/hello?code=false"), "exec") ==
        R"({"kind":"nodejs:20","binary":false})");

  const auto list = api.expect(200, "GET", "actions").elements();
  REQUIRE(list.size() == 1);
  CHECK(textAt(list[0], "exec") == R"({"binary":false})");
  CHECK(api.expect(200, "GET", "actions?count=true").text() == R"({"actions":1})");

  CHECK_THAT(textAt(api.expect(409, "PUT", "actions/hello", kHello), "error"),
             Contains("resource already exists"));
  api.unix_millis = 1'700'000'000'500;
  const auto updated =
      api.expect(200, "PUT", "actions/hello?overwrite=true", R"({"limits":{"memory":128}})");
  CHECK(textAt(updated, "version") == "0.0.2");
  CHECK(textAt(updated, "exec.code") == "x = 1");
  CHECK(textAt(updated, "limits.memory") == "128");
  CHECK(textAt(updated, "updated") == "1700000000500");

  CHECK(textAt(api.expect(200, "DELETE", "actions/hello"), "version") == "0.0.2");
  for (const char* method : {"GET", "DELETE", "POST"}) {
    CHECK(textAt(api.expect(404, method, "actions/hello"), "error") ==
          "The requested resource does not exist.");
  }
}

TEST_CASE("An action may stand in a package") {
  const ApiHarness api;
  CHECK(textAt(api.expect(200, "PUT", "actions/pkg/hello", kHello), "namespace") == "guest/pkg");
  CHECK(textAt(api.expect(200, "GET", "actions/pkg/hello"), "name") == "hello");
  api.expect(404, "GET", "actions/hello");
  api.expect(404, "GET", "actions/pkg/hello/deeper");
}

TEST_CASE("A package is there while an action in it is, and its actions can be listed") {
  ApiHarness api;
  api.create("plain", "x");
  api.create("p/one", "x");
  api.unix_millis = 1'700'000'000'500;
  api.create("p/two", "x");
  api.create("q/other", "x");

  const auto in_package = api.expect(200, "GET", "actions/p/").elements();
  REQUIRE(in_package.size() == 2);
  CHECK(textAt(in_package[0], "name") == "two");
  CHECK(textAt(in_package[1], "namespace") == "guest/p");
  CHECK(api.expect(200, "GET", "actions/p/?limit=1&skip=1").elements().size() == 1);
  CHECK(api.expect(200, "GET", "actions/p/?count=true&skip=1").text() == R"({"actions":1})");
  CHECK(api.expect(200, "GET", "actions/").elements().size() == 4);
  api.expect(404, "GET", "actions/plain/");
  api.expect(400, "GET", "actions/-p/");
  api.expect(404, "GET", "actions/p");  // The action of that name, which is not there.

  const auto packages = api.expect(200, "GET", "packages").elements();
  REQUIRE(packages.size() == 2);
  CHECK(textAt(packages[0], "name") == "p");
  CHECK(textAt(packages[0], "updated") == "1700000000500");
  CHECK(api.expect(200, "GET", "packages?skip=1").elements().size() == 1);
  CHECK(api.expect(200, "GET", "packages?count=true").text() == R"({"packages":2})");
  CHECK(textAt(api.expect(200, "GET", "packages/q"), "actions") ==
        R"([{"name":"other","version":"0.0.1","annotations":[)"
        R"({"key":"provide-api-key","value":false},{"key":"exec","value":"nodejs:20"}]}])");

  api.expect(200, "DELETE", "actions/q/other");
  api.expect(404, "GET", "packages/q");
  api.expect(404, "GET", "actions/q/");
}

TEST_CASE("Bad requests about actions are answered with what is wrong") {
  const ApiHarness api;
  struct Row {
    int status;
    const char* method;
    const char* target;
    const char* body;
    const char* message;
  };
  const Row rows[] = {
      {400, "PUT", "actions/-x", kHello, "The name '-x' is not allowed"},
      {400, "PUT", "actions/x", "{\"exec\"", "The request content was malformed:\n"},
      {400, "PUT", "actions/x", R"({"exec":{"kind":"go:1","code":"x"}})",
       "kind 'go:1' not in Set(nodejs:20, python:3)"},
      {400, "PUT", "actions/x?overwrite=maybe", kHello, "'maybe' is not a valid Boolean"},
      {400, "GET", "actions?limit=201", "", "The value '201' is not in the range of 0 to 200"},
      {400, "GET", "actions?limit=-1", "", "The value '-1' is not in the range"},
      {400, "GET", "actions?limit=x", "",
       "The query parameter 'limit' was malformed:\nThe value 'x' is not an integer for actions."},
      {400, "GET", "actions/x?code=perhaps", "", "'perhaps' is not a valid Boolean value"},
      {400, "GET", "actions?skip=-1", "", "The value '-1' is not greater than or equal to 0"},
      {405, "PATCH", "actions/x", "", "HTTP method not allowed"},
      {405, "POST", "actions", "", "HTTP method not allowed"},
      {501, "PUT", "packages/p", "{}", "Packages are not made by themselves"},
      {501, "DELETE", "packages/p", "", "Packages are not made by themselves"},
      {501, "PUT", "rules/r", "{}", "This server has no rules."},
      {501, "POST", "triggers/t", "{}", "This server has no triggers."},
      {404, "GET", "rules/r", "", "does not exist"},
      {404, "GET", "nonsense", "", "does not exist"},
  };
  for (const Row& row : rows) {
    CHECK_THAT(textAt(api.expect(row.status, row.method, row.target, row.body), "error"),
               Contains(row.message));
  }
}

TEST_CASE("Clients that list packages, triggers and rules find none") {
  const ApiHarness api;
  for (const char* collection : {"packages", "triggers", "rules"}) {
    CHECK(api.expect(200, "GET", std::string(collection) + "?limit=30&skip=0").text() == "[]");
  }
  CHECK_THAT(std::string(api.expect(200, "GET", "limits").text()),
             Contains("concurrentInvocations"));
}

TEST_CASE("A path may end in a slash, a query may be empty, a flag may be said in many ways") {
  const ApiHarness api;
  api.create("hello", "x");
  for (const char* target :
       {"/api/v1/", "/api/v1?", "/api/v1/namespaces/", "/api/v1/namespaces/_/actions/?",
        "/api/v1/namespaces/_/actions?limit=0&count=", "/api/v1/namespaces/_/activations/",
        "/api/v1/namespaces/_/actions/hello?", "/api/v1/namespaces/_/limits/"}) {
    INFO(target);
    CHECK(api.call("GET", target).status == 200);
    CHECK(api.call("HEAD", target).status == 200);
  }
  for (const char* yes : {"true", "True", "yes", "on", "1"}) {
    CHECK(api.expect(200, "GET", std::string("actions?count=") + yes).text() == R"({"actions":1})");
  }
  for (const char* no : {"false", "FALSE", "no", "off", "0"}) {
    CHECK_FALSE(api.expect(200, "GET", std::string("actions/hello?code=") + no).member("exec")
                    ->member("code"));
  }
  CHECK(api.expect(200, "GET", "actions?count=true&skip=5").text() == R"({"actions":0})");
}

TEST_CASE("Names may have spaces and whatever else the rule allows") {
  const ApiHarness api;
  for (const char* name : {"a b", "me@x.org", "A-1_.&", "7"}) {
    CHECK(textAt(api.expect(200, "PUT", std::string("actions/") + name, kHello), "name") == name);
    CHECK(textAt(api.expect(200, "GET", std::string("actions/") + name), "name") == name);
  }
}

TEST_CASE("A method that a resource has not is refused with those that it has") {
  const ApiHarness api;
  const auto response = api.call("PATCH", "/api/v1/namespaces/_/actions/x");
  CHECK(response.status == 405);
  CHECK(headerOf(response, "Allow") == "PUT, GET, DELETE, POST");
  CHECK(headerOf(api.call("POST", "/ping"), "Allow") == "GET");
}

TEST_CASE("Web actions are refused in so many words, with and without a key") {
  const ApiHarness api;
  for (const char* authorization : {"", "x"}) {
    for (const char* method : {"GET", "POST", "PUT"}) {
      const auto response = api.call(method, "/api/v1/web/whisk.system/apimgmt/getApi", "",
                                     {{"Authorization", authorization}});
      CHECK(response.status == 400);
      CHECK_THAT(response.body, Contains("Web actions are not supported by this server."));
    }
  }
}

TEST_CASE("Requests that the server itself rejects are answered in the API's form") {
  const auto response = Api::rejected(413, "too \"large\"");
  CHECK(response.status == 413);
  CHECK_THAT(response.body, Contains(R"({"error":"too \"large\"","code":")"));
}

TEST_CASE("Only who has the key may send more than a mebibyte, and only as an action") {
  const ApiHarness api;
  const std::string good = "Basic " + absl::Base64Escape(api.key().text());
  const auto limit = [&](const std::string& method, const std::string& authorization) {
    http::Request request;
    request.method = method;
    request.headers = {{"Authorization", authorization}};
    return api.bodyLimit(request);
  };
  CHECK(limit("POST", good) == ByteSize::mebibytes(1));
  CHECK(limit("PUT", good) > ByteSize::mebibytes(48));
  CHECK(limit("PUT", "Basic eA==") == ByteSize::mebibytes(1));
}

}  // namespace
}  // namespace owpool::daemon
