// Kinds and actions whose containers are made of images.
#include <catch2/catch.hpp>

#include "owpoold/api/action_input.h"
#include "owpoold/api/shapes.h"
#include "owpoold/invoke/action_cache.h"
#include "owpoold/support/files.h"
#include "owpoold/support/instance_id.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

Manifest manifest(std::vector<std::string> blackbox_images) {
  auto made = *Manifest::parse(
      R"({"runtimes":{"nodejs":[{"kind":"nodejs:20","default":true,)"
      R"("image":{"prefix":"openwhisk","name":"node","tag":"1"},)"
      R"("stemCells":[{"initialCount":2,"memory":"256 MB"}]}],)"
      R"("python":[{"kind":"python:3","process":{"command":["python3"]},)"
      R"("stemCells":[{"initialCount":1,"memory":"256 MB"}]}]}})",
      "/r");
  made.runAsImages(std::move(blackbox_images));
  return made;
}

TEST_CASE("Kinds with an image run it, and no other kind runs") {
  const Manifest made = manifest({});
  CHECK(made.runnableKindNames() == "nodejs:20");
  CHECK(made.otherKindNames() == "python:3");
  CHECK(made.find("nodejs:default")->runtime() == RuntimeKind{"nodejs:20", "openwhisk/node:1"});
  REQUIRE(made.prewarms().size() == 1);
  CHECK(made.prewarms()[0].runtime == made.find("nodejs:20")->runtime());
  REQUIRE(made.find("Blackbox") != nullptr);
  CHECK_FALSE(made.find("blackbox")->marks_log_ends);
  CHECK_THAT(cannotRunMessage(*made.find("python:3"), made), Contains("no image for it"));
}

TEST_CASE("An image is allowed by what it begins with, in whole names") {
  struct Row {
    const char* allowed;
    const char* image;
    bool is_allowed;
  };
  const Row rows[] = {
      {"mine/", "mine/one", true},
      {"mine/", "mine/one:2", true},
      {"mine/", "mine", false},
      {"mine", "mine", true},
      {"mine", "mine:2", true},
      {"mine", "mine@sha256:12", true},
      {"mine", "mineral", false},
      {"mine", "mine/one", false},
      {"mine", "mine:5000/one", false},
      {"mine:2", "mine:2", true},
      {"mine:2", "mine:22", false},
      {"mine:2", "mine", false},
      {"host:5000/", "host:5000/one:1", true},
      {"host:5000/one", "host:5000/one:1", true},
      {"host:5000/one", "host:5000/ones", false},
      {"host:5000", "host:5000/one", false},
      {"mine/", "docker.io/mine/one", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.allowed, row.image);
    CHECK(manifest({row.allowed}).allowsImage(row.image) == row.is_allowed);
  }
  CHECK_FALSE(manifest({}).allowsImage("any"));
}

TEST_CASE("An action may bring an image that is allowed, with code or without") {
  const Manifest made = manifest({"mine/"});
  const auto put = [&](const std::string& exec, const ActionRecord* existing = nullptr) {
    return applyActionInput(R"({"exec":)" + exec + "}", existing, made, {});
  };
  const auto bare = put(R"({"kind":"blackbox","image":"mine/one"})");
  INFO(bare.status());
  REQUIRE(bare.ok());
  CHECK(bare->kind == "blackbox");
  CHECK(bare->image == "mine/one");
  CHECK(bare->code.empty());
  CHECK_THAT(actionJson(*bare, WithCode::Yes),
             Contains(R"("exec":{"kind":"blackbox","image":"mine/one","binary":false})") &&
                 Contains(R"({"key":"exec","value":"blackbox"})"));
  const auto zip = put(R"({"kind":"blackbox","image":"mine/one","code":"UEsDBA==","main":"m"})");
  REQUIRE(zip.ok());
  CHECK(zip->binary);
  CHECK_THAT(actionJson(*zip, WithCode::Yes), Contains(R"("code":"UEsDBA==","binary":true)"));
  const auto plain = put(R"({"kind":"nodejs:20","code":"x"})", &*zip);
  REQUIRE(plain.ok());
  CHECK_FALSE(plain->image);

  struct Row {
    const char* exec;
    const char* message;
  };
  const Row rows[] = {
      {R"({"kind":"blackbox","image":"yours/one"})",
       "exec.image 'yours/one' is not allowed: this server runs only mine/"},
      {R"({"kind":"blackbox","image":"mine/../x"})", "exec.image must be the name"},
      {R"({"kind":"blackbox","image":"mine/one?x"})", "exec.image must be the name"},
      {R"({"kind":"blackbox","image":7})", "exec.image must be the name"},
      {R"({"kind":"blackbox","code":"x"})", "exec.image must be the name"},
      {R"({"kind":"blackbox","image":"mine/one","code":7})", "exec.code must be a string"},
      {R"({"kind":"nodejs:20","code":""})", "exec.code must be a string that is not empty"},
      {R"({"kind":"python:3","code":"x"})", "there is no image for it"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.exec);
    const auto refused = put(row.exec);
    REQUIRE_FALSE(refused.ok());
    CHECK_THAT(std::string(refused.status().message()), Contains(row.message));
  }
  const auto none = applyActionInput(R"({"exec":{"kind":"blackbox","image":"mine/one"}})", nullptr,
                                     manifest({}), {});
  CHECK_THAT(std::string(none.status().message()), Contains("no images that actions bring"));
}

TEST_CASE("The pool is told the image that an action brings") {
  const TempDir dir;
  const auto store = *Store::open(dir.path() + "/owpoold.db", [] { return std::int64_t{0}; });
  REQUIRE(store->insertNamespace({{0, "guest"}, "guest", "", {}, 0}).ok());
  ActionRecord record;
  record.owner = {1, "guest"};
  record.name = "own";
  record.revision = "r1";
  record.kind = "blackbox";
  record.image = "mine/one";
  REQUIRE(*store->insertAction(record));
  const Manifest made = manifest({"mine/"});
  ActionCache cache(*store, made);
  const auto found = *cache.find(record.owner, "", "own");
  REQUIRE(found);
  CHECK(found->action->runtime == RuntimeKind{"blackbox", "mine/one"});
  CHECK_FALSE(found->action->log_ends_marked);
}

TEST_CASE("A state directory's containers are known by a name that stays") {
  const TempDir dir;
  const TempDir other;
  const std::string id = *instanceId(dir.path());
  CHECK(id.size() == 16);
  CHECK(*instanceId(dir.path()) == id);
  CHECK(*instanceId(other.path()) != id);
  dir.write("instance", "../x\n");
  const auto damaged = instanceId(dir.path());
  CHECK_THAT(std::string(damaged.status().message()), Contains(dir.path() + "/instance"));
  CHECK_FALSE(instanceId(dir.path() + "/absent").ok());
}

}  // namespace
}  // namespace owpool::daemon
