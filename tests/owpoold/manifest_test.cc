#include <catch2/catch.hpp>

#include "owpoold/config/manifest.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

constexpr const char* kManifest = R"({"runtimes":{
  "nodejs":[
    {"kind":"nodejs:18","image":{"prefix":"openwhisk","name":"action-nodejs-v18","tag":"t"},
     "process":{"command":["node","${runtimes}/n/server.js"]}},
    {"kind":"nodejs:20","default":true,"image":{"name":"n"},
     "stemCells":[{"initialCount":2,"memory":"256 MB","reactive":{"minCount":1}},
                  {"count":1,"memory":"128 MB"}],
     "process":{"command":["node","${runtimes}/n/server.js"]}}],
  "python":[{"kind":"python:3","default":true,"deprecated":false}]},
  "blackboxes":[]})";

Manifest parsed(const std::string& text) {
  auto manifest = Manifest::parse(text, "/opt/runtimes");
  INFO(manifest.status());
  REQUIRE(manifest.ok());
  return *std::move(manifest);
}

TEST_CASE("A kind is found by its name, and by default as its family's default") {
  const Manifest manifest = parsed(kManifest);
  REQUIRE(manifest.find("nodejs:18") != nullptr);
  CHECK(manifest.find("nodejs:18")->name == "nodejs:18");
  REQUIRE(manifest.find("nodejs:default") != nullptr);
  CHECK(manifest.find("nodejs:default")->name == "nodejs:20");
  CHECK(manifest.find("python:default")->name == "python:3");
  CHECK(manifest.find("nodejs") == nullptr);
  CHECK(manifest.find("go:default") == nullptr);
  CHECK(manifest.find("") == nullptr);
  CHECK(manifest.kindNames() == "nodejs:18, nodejs:20, python:3");
}

TEST_CASE("Commands know where the manifest's directory is") {
  const auto commands = parsed(kManifest).commands();
  REQUIRE(commands.size() == 2);
  CHECK(commands.at("nodejs:20") ==
        std::vector<std::string>{"node", "/opt/runtimes/n/server.js"});
}

TEST_CASE("Stem cells become prewarm configurations, the older name of the count included") {
  const auto prewarms = parsed(kManifest).prewarms();
  REQUIRE(prewarms.size() == 2);
  CHECK(prewarms[0].runtime == RuntimeKind{"nodejs:20", "nodejs:20"});
  CHECK(prewarms[0].count == 2);
  CHECK(prewarms[0].memory == ByteSize::mebibytes(256));
  CHECK(prewarms[1].count == 1);
  CHECK(prewarms[1].memory == ByteSize::mebibytes(128));
}

TEST_CASE("Families are shown as OpenWhisk shows them") {
  CHECK_THAT(parsed(kManifest).familiesJson(),
             Contains(R"("nodejs":[{"kind":"nodejs:18","image":"openwhisk/action-nodejs-v18:t",)"
                      R"("default":false,"deprecated":false},)"));
}

TEST_CASE("A broken manifest is refused with the field and the rule") {
  struct Row {
    const char* text;
    const char* message;
  };
  const Row rows[] = {
      {"[]", "runtimes: must be an object"},
      {R"({"runtimes":{}})", "must name at least one kind"},
      {R"({"runtimes":{"a":{}}})", "runtimes.a: must be an array"},
      {R"({"runtimes":{"a":[{}]}})", "runtimes.a[0].kind"},
      {R"({"runtimes":{"a":[{"kind":"b:1"}]}})", "must be a string \"a:VERSION\""},
      {R"({"runtimes":{"a":[{"kind":"a:default"}]}})", "runtimes.a[0].kind"},
      {R"({"runtimes":{"a":[{"kind":"a:"}]}})", "runtimes.a[0].kind"},
      {R"({"runtimes":{"a":[{"kind":"a:1"},{"kind":"a:1"}]}})", "a:1 stands there twice"},
      {R"({"runtimes":{"a":[{"kind":"a:1","default":true},{"kind":"a:2","default":true}]}})",
       "more than one kind is the default"},
      {R"({"runtimes":{"a":[{"kind":"a:1","default":"yes"}]}})", "(a:1).default"},
      {R"({"runtimes":{"a":[{"kind":"a:1","image":"x"}]}})", "(a:1).image.name"},
      {R"({"runtimes":{"a":[{"kind":"a:1","process":{"command":"x"}}]}})", "process.command"},
      {R"({"runtimes":{"a":[{"kind":"a:1","process":{"command":[1]}}]}})", "process.command"},
      {R"({"runtimes":{"a":[{"kind":"a:1","process":{"command":[]}}]}})", "begin with a program"},
      {R"({"runtimes":{"a":[{"kind":"a:1","stemCells":{}}]}})", "stemCells: must be an array"},
      {R"({"runtimes":{"a":[{"kind":"a:1","stemCells":[{"initialCount":0,"memory":"1m"}]}]}})",
       "stemCells.initialCount"},
      {R"({"runtimes":{"a":[{"kind":"a:1","stemCells":[{"initialCount":1}]}]}})",
       "stemCells.memory"},
      {R"({"runtimes":{"a":[{"kind":"a:1","stemCells":[{"initialCount":1,"memory":"x"}]}]}})",
       "stemCells.memory: a size is"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto manifest = Manifest::parse(row.text, "/r");
    REQUIRE_FALSE(manifest.ok());
    CHECK_THAT(std::string(manifest.status().message()), Contains(row.message));
  }
}

TEST_CASE("A manifest that is not there or not JSON is named by its path") {
  const TempDir dir;
  for (const std::string& path : {dir.path() + "/absent.json", dir.write("broken.json", "{")}) {
    const auto manifest = Manifest::load(path);
    REQUIRE_FALSE(manifest.ok());
    CHECK_THAT(std::string(manifest.status().message()), Contains(path));
  }
}

TEST_CASE("The manifest that comes with owpool has a default for Node.js and for Python") {
  const auto manifest = Manifest::load(OWPOOL_SOURCE_DIR "/runtimes/runtimes.json");
  INFO(manifest.status());
  REQUIRE(manifest.ok());
  for (const char* kind : {"nodejs:default", "python:default", "nodejs:20", "python:3"}) {
    INFO(kind);
    REQUIRE(manifest->find(kind) != nullptr);
    CHECK_FALSE(manifest->find(kind)->command.empty());
  }
}

}  // namespace
}  // namespace owpool::daemon
