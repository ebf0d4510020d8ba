#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "http/server.h"
#include "json/json.h"
#include "owpool/action_protocol.h"
#include "tests/http/raw_peer.h"

namespace owpool {
namespace {

using http::testing::RawPeer;
using http::testing::RawServer;

ActionPtr actionWithLimit(Duration limit) {
  auto action = std::make_shared<Action>();
  action->key = ActionKey("guest", "guest/hello", "1");
  action->time_limit = limit;
  action->code.text = "the code";
  return action;
}

InitRequest initRequest(Duration limit = std::chrono::seconds(20)) {
  return {actionWithLimit(limit), {{"activation_id", "a1"}}, limit};
}

RunRequest runRequest(Duration limit = std::chrono::seconds(20)) {
  return {actionWithLimit(limit), "{\"p\":1}", {{"activation_id", "a1"}}, limit};
}

ActionClientConfig configOf(const std::string& address) {
  ActionClientConfig config;
  config.address = address;
  config.response_max = ByteSize::bytes(1000);
  return config;
}

// What /run makes of a container that answers with "text" and closes.
RunResult runAgainst(const std::string& text, Duration limit = std::chrono::seconds(20)) {
  RawServer server([&](RawPeer& peer) {
    peer.readUntil("\"deadline\":");
    peer.readUntil("}");
    peer.send(text);
  });
  return ActionClient(configOf(server.address())).run(runRequest(limit));
}

std::string message(const ActivationResponse& response) {
  const auto value = json::parse(response.result);
  REQUIRE(value.ok());
  return value->member("error")->asString().value_or("");
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a well-behaved container is initialised and run") {
  std::mutex mutex;
  std::vector<http::Request> seen;
  http::Server server({},
                      [&](const http::Request& request) {
                        const std::lock_guard lock(mutex);
                        seen.push_back(request);
                        return http::Response{200, "{\"ok\" : true}", "application/json", {}};
                      },
                      nullptr, nullptr);
  const auto port = server.start("127.0.0.1", 0);
  REQUIRE(port.ok());
  const ActionClient client(configOf(fmt::format("127.0.0.1:{}", *port)));
  const auto before = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  const InitResult init = client.initialize(initRequest());
  CHECK(init.delivered);
  CHECK(init.response.status == ActivationStatus::Success);
  const RunResult run = client.run(runRequest());
  CHECK(run.delivered);
  CHECK(run.response == ActivationResponse{ActivationStatus::Success, "{\"ok\" : true}"});
  server.stop();

  REQUIRE(seen.size() == 2);
  CHECK(seen[0].method + seen[0].path == "POST/init");
  CHECK(seen[1].method + seen[1].path == "POST/run");
  for (const auto& request : seen) {
    CHECK(request.header("Content-Type") == "application/json");
    CHECK(request.header("Accept") == "application/json");
    CHECK(request.header("Connection") == "close");
  }
  const auto body = json::parse(seen[1].body);
  REQUIRE(body.ok());
  CHECK(body->member("value")->text() == "{\"p\":1}");
  const auto deadline = std::stoll(*body->member("deadline")->asString());
  CHECK(deadline >= before + 20'000);
  CHECK(deadline < before + 60'000);
  const auto env = json::parse(seen[0].body)->member("value")->member("env");
  CHECK(env->member("__OW_ACTIVATION_ID")->asString() == "a1");
}

TEST_CASE("whatever a container answers to /run becomes an answer") {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  struct Row {
    std::string text;
    ActivationStatus status;
    std::string result;  // Part of it.
  };
  const auto developer = ActivationStatus::DeveloperError;
  const std::string invalid = "did not produce a valid JSON response";
  const std::string abnormal = "did not produce a valid response";
  std::string interim;
  for (int i = 0; i < 1000; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  const auto row = GENERATE_COPY(values<Row>({
      {ok + "Content-Length: 11\r\n\r\n{\"n\": 1.0} ", ActivationStatus::Success, "{\"n\": 1.0}"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n",
       ActivationStatus::Success, "[1,2]"},
      {ok + "Content-Length: 11\r\n\r\n{\"error\":1}", ActivationStatus::ApplicationError,
       "{\"error\":1}"},
      {"HTTP/1.1 502 Bad\r\nContent-Length: 11\r\n\r\n{\"error\":1}", developer, "{\"error\":1}"},
      {ok + "Content-Length: 1\r\n\r\n1", developer, invalid},
      {ok + "Content-Length: 9\r\n\r\n{\"a\":1,\"a", developer, invalid},
      {ok + "Content-Length: 13\r\n\r\n{\"a\":1,\"a\":2}", developer, invalid},
      {ok + "Content-Length: 0\r\n\r\n", developer, invalid},
      {ok + "\r\n", developer, invalid},
      {"HTTP/1.1 204 No Content\r\n\r\n", developer, abnormal},
      {"", developer, abnormal},
      {"garbage", developer, abnormal},
      {"garbage\r\n\r\n{}", developer, abnormal},
      {ok + "Content-Length: 5\r\n\r\n{}", developer, abnormal},
      {ok + "Content-Length: 2\r\n\r\n{}" + ok + "Content-Length: 7\r\n\r\n{\"b\":2}",
       ActivationStatus::Success, "{}"},
      {ok + "Content-Length: 2\r\nContent-Length: 7\r\n\r\n{\"b\":2}", developer, abnormal},
      {ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", developer,
       abnormal},
      {ok + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b", developer, invalid},
      {ok + "Content-Length: 6\r\n\r\n{\"\xff\":1}", developer, invalid},
      {ok + "Content-Length: 1000\r\n\r\n" + std::string(1000, '['), developer, invalid},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", developer, abnormal},
      {"HTTP/1.1 302 Found\r\nLocation: /run\r\nContent-Length: 2\r\n\r\n{}", developer, invalid},
      {interim, developer, abnormal},
      {ok + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n", developer, abnormal},
      {ok + "Header: " + std::string(1'000'000, 'x'), developer, abnormal},
      {ok + "Content-Length: 5000000\r\n\r\n" + std::string(5'000'000, 'x'),
       ActivationStatus::ApplicationError, "5000000 > 1000 bytes"},
  }));
  CAPTURE(row.text.substr(0, 100));
  const RunResult result = runAgainst(row.text);
  CHECK(result.delivered);
  CHECK(result.response.status == row.status);
  CHECK(contains(result.response.result, row.result));
  CHECK(json::parse(result.response.result).ok());
}

TEST_CASE("a runtime that is shutting down did not get the request") {
  const std::string text = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}";
  CHECK_FALSE(runAgainst(text).delivered);
  RawServer server([&](RawPeer& peer) {
    peer.readUntil("}}}");
    peer.send(text);
  });
  CHECK_FALSE(ActionClient(configOf(server.address())).initialize(initRequest()).delivered);
}

TEST_CASE("a run that nobody takes is not delivered, at once") {
  std::string address;
  {
    const RawServer server([](RawPeer&) {});
    address = server.address();
  }
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(ActionClient(configOf(address)).run(runRequest()).delivered);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("a container that goes on for ever is cut off at the time limit") {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  struct Row {
    std::string start;
    std::string piece;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"", ""},
      {ok + "Content-Length: 1000000\r\n\r\n", "x"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"},
      {ok + "Header: ", "x"},
      {ok + "\r\n", std::string(1'000'000, 'x')},
  }));
  RawServer server([&](RawPeer& peer) {
    peer.send(row.start);
    while (!row.piece.empty() && peer.send(row.piece))
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    peer.readAll();
  });
  const auto limit = std::chrono::milliseconds(150);
  const ActionClient client(configOf(server.address()));
  const RunResult run = client.run(runRequest(limit));
  CHECK(run.response.status == ActivationStatus::DeveloperError);
  CHECK(message(run.response) == "The action exceeded its time limits of 150 milliseconds.");
  const InitResult init = client.initialize(initRequest(limit));
  CHECK(init.delivered);
  CHECK(message(init.response) ==
        "The action exceeded its time limits of 150 milliseconds during initialization.");
}

TEST_CASE("memory is asked about only when a connection was lost") {
  const auto askedAfter = [](const std::string& text) {
    RawServer server([&](RawPeer& peer) {
      peer.readUntil("\"deadline\":");
      peer.readUntil("}");
      peer.send(text);
    });
    auto asked = std::make_shared<std::atomic<int>>(0);
    ActionClientConfig config = configOf(server.address());
    config.memory_exhausted = [asked] {
      ++*asked;
      return true;
    };
    const RunResult run = ActionClient(std::move(config)).run(runRequest());
    return std::pair(asked->load(), run.response);
  };
  const auto [lost_count, lost] = askedAfter("");
  CHECK(lost_count == 1);
  CHECK(message(lost) == "The action exhausted its memory and was aborted.");
  const auto [answered_count, answered] =
      askedAfter("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  CHECK(answered_count == 0);
  CHECK(answered.status == ActivationStatus::Success);
}

TEST_CASE("/init waits for a container that is not up yet, and sends the code once") {
  std::string directory = "/tmp/owpool-protocol-test-XXXXXX";
  REQUIRE(::mkdtemp(directory.data()) != nullptr);
  const std::string path = directory + "/socket";
  std::atomic<int> received = 0;
  InitResult result;
  {
    const ActionClient client(configOf("unix:" + path));
    std::thread caller([&] { result = client.initialize(initRequest()); });
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
    RawServer server(path, [&](RawPeer& peer) {
      if (contains(peer.readUntil("}}}"), "the code")) ++received;
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
    });
    caller.join();
  }
  CHECK(result.delivered);
  CHECK(result.response.status == ActivationStatus::Success);
  CHECK(received == 1);
  ::unlink(path.c_str());
  ::rmdir(directory.c_str());
}

TEST_CASE("/init is not repeated once something was sent") {
  std::atomic<int> connections = 0;
  RawServer server([&](RawPeer& peer) {
    ++connections;
    peer.readUntil("}}}");
  });
  const InitResult init = ActionClient(configOf(server.address())).initialize(initRequest());
  CHECK(init.delivered);
  CHECK(message(init.response) == "The action did not initialize and exited unexpectedly.");
  CHECK(connections == 1);
}

TEST_CASE("/init gives up on a container that never comes up") {
  const ActionClient client(configOf("unix:/nonexistent/socket"));
  const InitResult init = client.initialize(initRequest(std::chrono::milliseconds(120)));
  CHECK(message(init.response) ==
        "The action exceeded its time limits of 120 milliseconds during initialization.");
}

TEST_CASE("an abort ends the calls in flight and the later ones") {
  std::unique_ptr<ActionClient> client;
  RawServer server([&](RawPeer& peer) {
    peer.readUntil("\"deadline\":");
    client->abort();
    peer.readAll();
  });
  client = std::make_unique<ActionClient>(configOf(server.address()));
  const auto begin = std::chrono::steady_clock::now();
  CHECK(client->run(runRequest()).response.status == ActivationStatus::DeveloperError);
  CHECK(client->run(runRequest()).response.status != ActivationStatus::Success);
  CHECK(client->initialize(initRequest()).response.status != ActivationStatus::Success);

  ActionClient waiting(configOf("unix:/nonexistent/socket"));
  InitResult result;
  std::thread caller([&] { result = waiting.initialize(initRequest()); });
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  waiting.abort();
  caller.join();
  CHECK_FALSE(result.delivered);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
}

TEST_CASE("the end mark of logs is OpenWhisk's") {
  CHECK(kLogSentinel == "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX");
}

}  // namespace
}  // namespace owpool
