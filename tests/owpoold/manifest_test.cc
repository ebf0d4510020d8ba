#include <catch2/catch.hpp>

#include "fmt/format.h"
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
     "stemCells":[{"initialCount":2,"memory":"256 MB","reactive":{"minCount":1,"maxCount":4,
                   "ttl":"2 minutes","threshold":3,"increment":2}},
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
  REQUIRE(manifest.find(" NodeJS:Default ") != nullptr);
  CHECK(manifest.find(" NodeJS:Default ")->name == "nodejs:20");
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
  CHECK(prewarms[0].reactive == ReactivePrewarm{1, 4, std::chrono::minutes(2), 3, 2});
  CHECK(prewarms[1].count == 1);
  CHECK(prewarms[1].memory == ByteSize::mebibytes(128));
  CHECK_FALSE(prewarms[1].reactive);
}

TEST_CASE("How long a stem cell lives is written as Scala reads it") {
  struct Row {
    const char* text;
    std::chrono::milliseconds expected;
  };
  const Row rows[] = {{"2 minutes", std::chrono::minutes(2)}, {"1 minute", std::chrono::minutes(1)},
                      {"30 seconds", std::chrono::seconds(30)}, {"90s", std::chrono::seconds(90)},
                      {"1 Hour", std::chrono::hours(1)},
                      {"500 millis", std::chrono::milliseconds(500)}};
  for (const Row& row : rows) {
    INFO(row.text);
    const auto prewarms =
        parsed(fmt::format(R"({{"runtimes":{{"a":[{{"kind":"a:1","stemCells":[{{"initialCount":1,)"
                           R"("memory":"1 GB","reactive":{{"minCount":0,"maxCount":1,"ttl":"{}",)"
                           R"("threshold":1,"increment":1}}}}]}}]}}}})", row.text))
            .prewarms();
    REQUIRE(prewarms.size() == 1);
    REQUIRE(prewarms[0].reactive);
    CHECK(prewarms[0].reactive->time_to_live == row.expected);
  }
}

TEST_CASE("Families are shown as OpenWhisk shows them") {
  CHECK_THAT(parsed(kManifest).familiesJson(),
             Contains(R"("nodejs":[{"kind":"nodejs:18","image":"openwhisk/action-nodejs-v18:t",)"
                      R"("default":false,"deprecated":false,"attached":false,)"
                      R"("requireMain":false},)"));
}

TEST_CASE("An image is its registry, prefix, name and tag, as far as they are there") {
  struct Row {
    const char* image;
    const char* expected;
  };
  const Row rows[] = {
      {R"({"name":"n"})", "top/n:1"},
      {R"({"name":"n","tag":"t"})", "top/n:t"},
      {R"({"prefix":"p","name":"n"})", "p/n:1"},
      {R"({"registry":"r:5000","prefix":"p","name":"n","tag":"t"})", "r:5000/p/n:t"},
      {R"({"registry":"r/","name":"n"})", "r/top/n:1"},
  };
  for (const Row& row : rows) {
    INFO(row.image);
    const std::string kind = fmt::format(R"({{"kind":"a:1","image":{}}})", row.image);
    CHECK(parsed(fmt::format(R"({{"defaultImagePrefix":"top","defaultImageTag":"1",)"
                             R"("runtimes":{{"a":[{}]}}}})", kind)).kinds()[0].image ==
          row.expected);
  }
  CHECK(parsed(R"({"runtimes":{"a":[{"kind":"a","image":{"name":"n"}}]}})").kinds()[0].image ==
        "n");
}

// In the form of OpenWhisk's own file, with every field that its versions have had.
const std::string kOpenWhiskForm = OWPOOL_SOURCE_DIR "/tests/owpoold/openwhisk_form.json";

TEST_CASE("A manifest in OpenWhisk's form is taken as it is") {
  auto manifest = Manifest::load(kOpenWhiskForm);
  INFO(manifest.status());
  REQUIRE(manifest.ok());
  CHECK(manifest->kindNames() ==
        "nodejs:14, nodejs:18, nodejs:20, python:3.9, python:3.11, swift:5.1, swift:5.7, java, "
        "php:8.1, go:1.22, dotnet:2.2, dotnet:3.1, ballerina:0.990, rust:1.34");
  CHECK(manifest->find("java:default")->requires_main);
  CHECK_FALSE(manifest->find("java")->marks_log_ends);
  CHECK(manifest->find("nodejs:14")->is_deprecated);
  CHECK(manifest->find("nodejs:14")->is_attached);
  CHECK_FALSE(manifest->find("php:8.1")->is_attached);
  CHECK(manifest->find("ballerina:default")->name == "ballerina:0.990");
  CHECK(manifest->prewarms().size() == 2);

  const auto own = Manifest::load(OWPOOL_SOURCE_DIR "/runtimes/runtimes.json");
  REQUIRE(own.ok());
  manifest->runAsProcesses(*own);
  CHECK(manifest->runnableKindNames() ==
        "nodejs:14, nodejs:18, nodejs:20, python:3.9, python:3.11");
  CHECK(manifest->otherKindNames() ==
        "swift:5.1, swift:5.7, java, php:8.1, go:1.22, dotnet:2.2, dotnet:3.1, ballerina:0.990, "
        "rust:1.34");
  CHECK(manifest->commands().at("nodejs:14") == own->commands().at("nodejs:20"));
  CHECK(manifest->commands().size() == 5);
  REQUIRE(manifest->prewarms().size() == 1);  // The other one is of a kind that cannot run.
  CHECK(manifest->prewarms()[0].runtime.kind == "nodejs:20");
}

TEST_CASE("A command of its own is kept") {
  Manifest manifest = parsed(kManifest);
  const auto before = manifest.commands();
  manifest.runAsProcesses(parsed(R"({"runtimes":{"nodejs":[{"kind":"nodejs:1",)"
                                 R"("process":{"command":["other"]}}]}})"));
  CHECK(manifest.commands() == before);
  CHECK(manifest.otherKindNames() == "python:3");
}

TEST_CASE("A broken manifest is refused with the field and the rule") {
  struct Row {
    std::string text;
    const char* message;
  };
  const auto reactive = [](const std::string& members) {
    return R"({"runtimes":{"a":[{"kind":"a:1","stemCells":[{"initialCount":1,"memory":"1m",)"
           R"("reactive":{)" + members + "}}]}]}}";
  };
  const std::string kRest = R"(,"ttl":"1s","threshold":1,"increment":1)";
  const Row rows[] = {
      {"[]", "must be an object"},
      {"{}", "runtimes is missing"},
      {R"({"runtimes":[]})", "runtimes: must be an object"},
      {R"({"runtimes":{}})", "runtimes: must name at least one kind"},
      {R"({"runtime":{}})", "runtime: is not known; did you mean runtimes?"},
      {R"({"runtimes":{"a":{}}})", "runtimes.a: must be an array"},
      {R"({"runtimes":{"a":[]}})", "runtimes.a: must have at least one kind"},
      {R"({"runtimes":{"a":[7]}})", "runtimes.a[0]: must be an object"},
      {R"({"runtimes":{"a":[{}]}})", "runtimes.a[0]: kind is missing"},
      {R"({"runtimes":{"a":[{"kind":7}]}})", "runtimes.a[0].kind: must be a string"},
      {R"({"runtimes":{"A":[{"kind":"a:1"}]}})", "runtimes.A: a family's name must be of lower"},
      {R"({"runtimes":{"a:b":[{"kind":"a:1"}]}})", "runtimes.a:b: a family's name"},
      {R"({"runtimes":{"a":[{"kind":"A:1"}]}})", "runtimes.a[0].kind: must be a string of lower"},
      {R"({"runtimes":{"a":[{"kind":"a 1"}]}})", "runtimes.a[0].kind"},
      {R"({"runtimes":{"a":[{"kind":"a:"}]}})", "runtimes.a[0].kind"},
      {R"({"runtimes":{"a":[{"kind":"a:default"}]}})", "has a meaning of its own"},
      {R"({"runtimes":{"a":[{"kind":"blackbox"}]}})", "has a meaning of its own"},
      {R"({"runtimes":{"a":[{"kind":"a:1","default":true},{"kind":"a:1"}]}})",
       "runtimes.a[1].kind: kind a:1 stands there twice"},
      {R"({"runtimes":{"a":[{"kind":"a:1","default":true},{"kind":"a:2","default":true}]}})",
       "runtimes.a: more than one kind is the default"},
      {R"({"runtimes":{"a":[{"kind":"a:1"},{"kind":"a:2"}]}})", "runtimes.a: has several kinds"},
      {R"({"runtimes":{"a":[{"kind":"a:1","default":"yes"}]}})", "runtimes.a[0].default"},
      {R"({"runtimes":{"a":[{"kind":"a:1","depricated":true}]}})",
       "runtimes.a[0].depricated: is not known; did you mean deprecated?"},
      {R"({"runtimes":{"a":[{"kind":"a:1","sentineledLogs":true}]}})",
       "did you mean sentinelledLogs?"},
      {R"({"runtimes":{"a":[{"kind":"a:1","colour":1}]}})", "colour: is not known here"},
      {R"({"runtimes":{"a":[{"kind":"a:1","requireMain":1}]}})", "runtimes.a[0].requireMain"},
      {R"({"runtimes":{"a":[{"kind":"a:1","attached":true}]}})",
       "runtimes.a[0].attached: must be an object"},
      {R"({"runtimes":{"a":[{"kind":"a:1","attached":{"attachmentName":"n"}}]}})",
       "attachmentType is missing"},
      {R"({"runtimes":{"a":[{"kind":"a:1","image":"x"}]}})", "runtimes.a[0].image: must be an obj"},
      {R"({"runtimes":{"a":[{"kind":"a:1","image":{}}]}})", "runtimes.a[0].image: name is missing"},
      {R"({"runtimes":{"a":[{"kind":"a:1"}]},"blackboxes":[{"nam":"x"}]})",
       "blackboxes[0].nam: is not known; did you mean name?"},
      {R"({"runtimes":{"a":[{"kind":"a:1"}]},"blackboxes":{}})", "blackboxes: must be an array"},
      {R"({"runtimes":{"a":[{"kind":"a:1"}]},"bypassPullForLocalImages":"yes"})",
       "bypassPullForLocalImages: must be true or false"},
      {R"({"runtimes":{"a":[{"kind":"a:1","process":{"command":"x"}}]}})", "process.command"},
      {R"({"runtimes":{"a":[{"kind":"a:1","process":{"command":[1]}}]}})", "process.command"},
      {R"({"runtimes":{"a":[{"kind":"a:1","process":{"command":[]}}]}})", "begin with a program"},
      {R"({"runtimes":{"a":[{"kind":"a:1","process":{"comand":["x"]}}]}})",
       "did you mean command?"},
      {R"({"runtimes":{"a":[{"kind":"a:1","stemCells":{}}]}})", "stemCells: must be an array"},
      {R"({"runtimes":{"a":[{"kind":"a:1","stemCells":[{"initialCount":0,"memory":"1m"}]}]}})",
       "runtimes.a[0].stemCells[0].initialCount: must be a whole number from 1"},
      {R"({"runtimes":{"a":[{"kind":"a:1","stemCells":[{"initalCount":1,"memory":"1m"}]}]}})",
       "did you mean initialCount?"},
      {R"({"runtimes":{"a":[{"kind":"a:1","stemCells":[{"initialCount":1}]}]}})",
       "runtimes.a[0].stemCells[0]: memory is missing"},
      {R"({"runtimes":{"a":[{"kind":"a:1","stemCells":[{"initialCount":1,"memory":"x"}]}]}})",
       "stemCells[0].memory: a size is"},
      {R"({"runtimes":{"a":[{"kind":"a:1","stemCells":[{"initialCount":1,"memory":"0 MB"}]}]}})",
       "stemCells[0].memory: must be more than 0"},
      {reactive(R"("minCount":1)"), "stemCells[0].reactive: maxCount is missing"},
      {reactive(R"("minCount":1,"maxCount":0)" + kRest), "reactive.maxCount: must be a whole"},
      {reactive(R"("minCount":3,"maxCount":2)" + kRest),
       "reactive.minCount: must be a whole number from 0 to 2"},
      {reactive(R"("minCount":-1,"maxCount":2)" + kRest), "reactive.minCount"},
      {reactive(R"("minCount":0,"maxCount":2,"ttl":"1s","threshold":1,"increment":3)"),
       "reactive.increment: must be a whole number from 1 to 2"},
      {reactive(R"("minCount":0,"maxCount":2,"ttl":"1s","threshold":0,"increment":1)"),
       "reactive.threshold"},
      {reactive(R"("minCount":0,"maxCount":2,"ttl":"0 s","threshold":1,"increment":1)"),
       "reactive.ttl: must be more than 0"},
      {reactive(R"("minCount":0,"maxCount":2,"ttl":"Inf","threshold":1,"increment":1)"),
       "reactive.ttl: a duration is"},
      {reactive(R"("minCount":0,"maxCount":2,"ttl":60,"threshold":1,"increment":1)"),
       "reactive.ttl: must be a string like \"2 minutes\""},
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
