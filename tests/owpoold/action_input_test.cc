#include <catch2/catch.hpp>

#include "owpoold/api/action_input.h"
#include "owpoold/support/names.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

const Manifest& manifest() {
  static const Manifest kManifest = [] {
    Manifest all = *Manifest::parse(
        R"({"runtimes":{"nodejs":[{"kind":"nodejs:6","deprecated":true},)"
        R"({"kind":"nodejs:20","default":true}],"swift":[{"kind":"swift:5.1"}],)"
        R"("java":[{"kind":"java","requireMain":true,"process":{"command":["java"]}}],)"
        R"("python":[{"kind":"python:3","default":true}]}})",
        "/r");
    all.runAsProcesses(*Manifest::parse(
        R"({"runtimes":{"nodejs":[{"kind":"nodejs:1","process":{"command":["n"]}}],)"
        R"("python":[{"kind":"python:1","process":{"command":["p"]}}]}})",
        "/r"));
    return all;
  }();
  return kManifest;
}

ActionRecord accepted(const std::string& body, const ActionRecord* existing = nullptr) {
  auto record = applyActionInput(body, existing, manifest(), {});
  INFO(record.status());
  REQUIRE(record.ok());
  return *std::move(record);
}

TEST_CASE("Names follow OpenWhisk's rule") {
  for (const std::string& name :
       {std::string("a"), std::string("_"), std::string("7"), std::string("hello-world.v2"),
        std::string("a b@c&d"), std::string("a."), std::string("a-"), std::string(256, 'n')}) {
    INFO(name);
    CHECK(isEntityName(name));
  }
  for (const std::string& name :
       {std::string(), std::string(" a"), std::string("a "), std::string("-a"), std::string("a/b"),
        std::string("a\nb"), std::string("a\0b", 3), std::string("ä"), std::string("a%b"),
        std::string(257, 'n'), std::string("..")}) {
    INFO(name);
    CHECK_FALSE(isEntityName(name));
  }
}

TEST_CASE("A new action gets the defaults, the default kind and the server's annotations") {
  const ActionRecord record = accepted(R"({"exec":{"kind":"nodejs:default","code":"x = 1"}})");
  CHECK(record.kind == "nodejs:20");
  CHECK(record.code == "x = 1");
  CHECK_FALSE(record.binary);
  CHECK_FALSE(record.main);
  CHECK(record.version == "0.0.1");
  CHECK(record.limits.timeout_ms == 60000);
  CHECK(record.limits.memory_mb == 256);
  CHECK(record.limits.logs_mb == 10);
  CHECK(keyValuesJson(record.annotations) ==
        R"([{"key":"provide-api-key","value":false},{"key":"exec","value":"nodejs:20"}])");
  CHECK_FALSE(wantsApiKey(record));
}

TEST_CASE("What the client sets is kept, numbers as they were written") {
  const ActionRecord record = accepted(
      R"({"exec":{"kind":"python:3","code":"def f(a): return a","main":"f"},"version":"1.2.3",)"
      R"("publish":true,"limits":{"timeout":100,"memory":512,"logs":0,"concurrency":1},)"
      R"("parameters":[{"key":"n","value":12345678901234567890123},{"key":"e","value":1.50},)"
      R"({"key":"n","value":2},{"key":"none"}],)"
      R"("annotations":[{"key":"exec","value":"lies"},{"key":"provide-api-key","value":true}]})");
  CHECK(record.main == "f");
  CHECK(record.version == "1.2.3");
  CHECK(record.publish);
  CHECK(record.limits.timeout_ms == 100);
  CHECK(record.limits.memory_mb == 512);
  CHECK(record.limits.logs_mb == 0);
  CHECK(keyValuesAsObject(record.parameters) == R"({"n":2,"e":1.50,"none":null})");
  CHECK(*findValue(record.annotations, "exec") == "\"python:3\"");
  CHECK(wantsApiKey(record));
}

TEST_CASE("An update keeps what it does not name and raises the patch version") {
  ActionRecord old = accepted(
      R"({"exec":{"kind":"nodejs:20","code":"x = 1","main":"m"},"version":"0.0.9",)"
      R"("limits":{"memory":512},"parameters":[{"key":"a","value":1}]})");
  const ActionRecord updated = accepted(R"({"limits":{"timeout":5000}})", &old);
  CHECK(updated.code == "x = 1");
  CHECK(updated.main == "m");
  CHECK(updated.version == "0.0.10");
  CHECK(updated.limits.memory_mb == 512);
  CHECK(updated.limits.timeout_ms == 5000);
  CHECK(updated.parameters == old.parameters);

  const ActionRecord other =
      accepted(R"({"exec":{"kind":"python:3","code":"y = 1"},"version":"2.0.0"})", &old);
  CHECK(other.kind == "python:3");
  CHECK_FALSE(other.main);
  CHECK(other.version == "2.0.0");
  CHECK(*findValue(other.annotations, "exec") == "\"python:3\"");
}

TEST_CASE("Code is a zip iff it is base64, whatever the client says that it is") {
  CHECK(looksLikeBase64("UEsDBBQAAAAI"));
  CHECK(looksLikeBase64("UEsDBBQAAA=="));
  CHECK(looksLikeBase64("UEsDBBQAAAA=\n"));
  for (const char* text : {"", "UEsDBBQAAAA", "UEsDBB===", "function main() {}", "a=bc", "===="}) {
    INFO(text);
    CHECK_FALSE(looksLikeBase64(text));
  }
  CHECK(accepted(R"({"exec":{"kind":"nodejs:20","code":"UEsDBBQAAAAI"}})").binary);
  CHECK(accepted(R"({"exec":{"kind":"nodejs:20","code":"UEsDBBQAAAAI","binary":false}})").binary);
  CHECK_FALSE(accepted(R"({"exec":{"kind":"nodejs:20","code":"x = 1","binary":true}})").binary);
}

TEST_CASE("What is wrong with an action is said with the field and the rule") {
  struct Row {
    const char* body;
    const char* message;
  };
  const Row rows[] = {
      {"", "The request content was malformed:\n"},
      {"{", "The request content was malformed:\n"},
      {"[]", "the body must be an object"},
      {"{}", "exec undefined"},
      {R"({"exec":[]})", "exec must be an object"},
      {R"({"exec":null})", "exec undefined"},
      {R"({"exec":{"code":"x"}})", "exec.kind must be a string"},
      {R"({"exec":{"kind":"nodejs:20"}})", "exec.code must be a string"},
      {R"({"exec":{"kind":"nodejs:20","code":7}})", "exec.code must be a string"},
      {R"({"exec":{"kind":"nodejs:20","code":""}})",
       "exec.code must be a string that is not empty"},
      {R"({"exec":{"kind":"nodejs:20","code":"x","binary":"no"}})", "exec.binary"},
      {R"({"exec":{"kind":"nodejs:20","code":"x","main":""}})", "exec.main"},
      {R"({"exec":{"kind":"cobol:74","code":"x"}})",
       "kind 'cobol:74' not in Set(nodejs:6, nodejs:20, swift:5.1, java, python:3)"},
      {R"({"exec":{"kind":"sequence","components":[]}})", "exec.kind 'sequence' not supported"},
      {R"({"exec":{"kind":"","code":"x"}})", "kind '' not in Set("},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"limits":[]})", "limits must be an object"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"limits":{"memory":1024}})",
       "limits.memory must be a whole number from 128 to 512 MB, not 1024"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"limits":{"memory":127}})", "limits.memory"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"limits":{"timeout":99}})", "limits.timeout"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"limits":{"timeout":300001}})",
       "limits.timeout"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"limits":{"timeout":1.5e3}})", "limits.timeout"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"limits":{"logs":11}})", "limits.logs"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"limits":{"concurrency":201}})",
       "limits.concurrency"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"parameters":{"a":1}})", "parameters must be"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"parameters":[{"value":1}]})",
       "parameters must be"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},)"
       R"("parameters":[{"key":"k","value":1,"init":"yes"}]})",
       "\"init\": BOOLEAN"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"parameters":[{"key":"k","encryption":1}]})",
       "\"encryption\": STRING"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"annotations":[1]})", "annotations must be"},
      {R"({"exec":{"kind":"java","code":"UEsDBBQAAAAI"}})",
       "'main' must be a string defined in 'exec' for 'java' actions"},
      {R"({"exec":{"kind":"nodejs:6","code":"x"}})",
       "The 'nodejs:6' runtime is no longer supported. You may read and delete but not update or "
       "invoke this action."},
      {R"({"exec":{"kind":"swift:5.1","code":"x"}})",
       "kind 'swift:5.1' is in this server's manifest but cannot run here: there is no program for "
       "it. These can: nodejs:6, nodejs:20, java, python:3"},
      {R"({"exec":{"kind":"blackbox","image":"openwhisk/dockerskeleton"}})",
       "exec.kind 'blackbox' cannot run here: its actions bring a container image"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"publish":"yes"})", "publish must be"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"version":"1.0"})", "version must be"},
      {R"({"exec":{"kind":"nodejs:20","code":"x"},"version":"1.0.x"})", "version must be"},
  };
  for (const Row& row : rows) {
    INFO(row.body);
    const auto record = applyActionInput(row.body, nullptr, manifest(), {});
    REQUIRE_FALSE(record.ok());
    CHECK(record.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK_THAT(std::string(record.status().message()), Contains(row.message));
  }
}

TEST_CASE("What is initialised with stays so, is shown so and survives an update") {
  const ActionRecord record = accepted(
      R"({"exec":{"kind":"nodejs:20","code":"x"},)"
      R"("parameters":[{"key":"URL","value":"u","init":true},{"key":"a","value":1,"init":false},)"
      R"({"key":"s","value":"#!","init":true,"encryption":"aes-128"},)"
      R"({"key":"n","encryption":null}]})");
  const char* const kShown =
      R"([{"key":"URL","value":"u","init":true},{"key":"a","value":1},)"
      R"({"key":"s","value":"#!","init":true,"encryption":"aes-128"},{"key":"n","value":null}])";
  CHECK(keyValuesJson(record.parameters) == kShown);
  CHECK(accepted(R"({"limits":{"memory":128}})", &record).parameters == record.parameters);
  // The last of the same key counts as a whole.
  CHECK(keyValuesJson(accepted(R"({"parameters":[{"key":"k","value":1,"init":true},)"
                               R"({"key":"k","value":2}]})", &record).parameters) ==
        R"([{"key":"k","value":2}])");
}

TEST_CASE("An action of a deprecated kind cannot be updated, but can become one of another kind") {
  ActionRecord old = accepted(R"({"exec":{"kind":"nodejs:20","code":"x"}})");
  old.kind = "nodejs:6";
  CHECK_FALSE(applyActionInput("{}", &old, manifest(), {}).ok());
  CHECK(accepted(R"({"exec":{"kind":"nodejs:20","code":"x"}})", &old).kind == "nodejs:20");
  // What the manifest has no more can still be changed.
  old.kind = "nodejs:4";
  CHECK(accepted("{}", &old).kind == "nodejs:4");
}

TEST_CASE("The ranges of the limits are the daemon's, and defaults are within them") {
  LimitRanges ranges;
  ranges.timeout_ms.max = 1000;
  ranges.memory_mb.max = 128;
  ranges.concurrency.max = 1;
  const std::string start = R"({"exec":{"kind":"nodejs:20","code":"x"})";
  const auto record = applyActionInput(start + "}", nullptr, manifest(), ranges);
  REQUIRE(record.ok());
  CHECK(record->limits.timeout_ms == 1000);
  CHECK(record->limits.memory_mb == 128);
  for (const char* limit : {"\"timeout\":1001", "\"memory\":129", "\"concurrency\":2"}) {
    INFO(limit);
    const auto refused = applyActionInput(start + ",\"limits\":{" + limit + "}}", nullptr,
                                          manifest(), ranges);
    CHECK(refused.status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("Too much code and too many parameters are a matter of size") {
  const std::string code(static_cast<std::size_t>(kCodeMax.count()) + 1, 'x');
  const auto big_code =
      applyActionInput(R"({"exec":{"kind":"nodejs:20","code":")" + code + "\"}}", nullptr,
                       manifest(), {});
  CHECK(big_code.status().code() == absl::StatusCode::kResourceExhausted);
  CHECK(std::string(big_code.status().message()) ==
        "exec larger than allowed: 50331649 > 50331648 bytes.");

  // Keys and values count, what JSON puts around them does not.
  struct Row {
    std::size_t characters;
    const char* message;
  };
  const auto mebibyte = static_cast<std::size_t>(kParametersMax.count());
  for (const char* field : {"parameters", "annotations"}) {
    for (const Row& row : {Row{mebibyte - 3, ""},
                           Row{mebibyte - 2, " larger than allowed: 1048577 > 1048576 bytes."}}) {
      const auto status =
          applyActionInput(R"({"exec":{"kind":"nodejs:20","code":"x"},")" + std::string(field) +
                               R"(":[{"key":"k","value":")" + std::string(row.characters, 'x') +
                               "\"}]}",
                           nullptr, manifest(), {})
              .status();
      const bool fits = *row.message == '\0';
      CHECK(std::string(status.message()) == (fits ? "" : field + std::string(row.message)));
      CHECK(status.code() ==
            (fits ? absl::StatusCode::kOk : absl::StatusCode::kResourceExhausted));
    }
  }
}

TEST_CASE("An update adds to the annotations, takes away those named, or replaces a whole list") {
  const ActionRecord old = accepted(
      R"({"exec":{"kind":"nodejs:20","code":"x = 1"},"annotations":[{"key":"a","value":1},)"
      R"({"key":"b","value":2}]})");
  const auto after = [&](const std::string& body) {
    return keyValuesAsObject(accepted(body, &old).annotations);
  };
  const std::string always = R"("provide-api-key":false,"exec":"nodejs:20")";
  CHECK(after("{}") == R"({"a":1,"b":2,)" + always + "}");
  CHECK(after(R"({"annotations":[{"key":"b","value":3},{"key":"c","value":4}]})") ==
        R"({"a":1,"b":3,)" + always + R"(,"c":4})");
  CHECK(after(R"({"delAnnotations":["a","none"]})") == R"({"b":2,)" + always + "}");
  CHECK(after(R"({"delAnnotations":["a"],"annotations":[{"key":"c","value":4}]})") ==
        R"({"b":2,)" + always + R"(,"c":4})");
  // What was read here and is put back stands for all of it; the key's annotation is
  // added to new actions only.
  CHECK(after(R"({"annotations":[{"key":"c","value":4},{"key":"exec","value":"nodejs:20"}]})") ==
        R"({"c":4,"exec":"nodejs:20"})");
  CHECK(after(R"({"annotations":[]})") == R"({"a":1,"b":2,)" + always + "}");
  for (const char* bad : {R"({"delAnnotations":"a"})", R"({"delAnnotations":[1]})"}) {
    CHECK_THAT(std::string(applyActionInput(bad, &old, manifest(), {}).status().message()),
               Contains("delAnnotations must be an array of strings"));
  }
}

TEST_CASE("A member that is null is one that is not there") {
  const ActionRecord record = accepted(
      R"({"exec":{"kind":"nodejs:20","code":"x = 1","main":null,"binary":null},"limits":null,)"
      R"("parameters":null,"annotations":null,"version":null,"publish":null})");
  CHECK_FALSE(record.main);
  CHECK(record.version == "0.0.1");
  const ActionRecord updated = accepted(
      R"({"exec":null,"limits":{"memory":null},"parameters":null,"delAnnotations":null})", &record);
  CHECK(updated.code == "x = 1");
  CHECK(updated.limits.memory_mb == 256);
}

TEST_CASE("A kind is told in any case and with space around it") {
  CHECK(accepted(R"({"exec":{"kind":" NodeJS:Default ","code":"x"}})").kind == "nodejs:20");
}

TEST_CASE("The pool's action carries everything that the container needs") {
  ActionRecord record = accepted(
      R"({"exec":{"kind":"nodejs:20","code":"x","main":"m"},"limits":{"logs":3}})");
  record.owner.name = "guest";
  record.package = "p";
  record.name = "n";
  record.revision = "r1";
  const ActionPtr action = toAction(record, {"nodejs:20", "image"});
  CHECK(action->key == ActionKey("guest", "guest/p/n", "r1"));
  CHECK_FALSE(action->key == ActionKey("guest", "guest/p/n", "r2"));
  CHECK(action->runtime == RuntimeKind{"nodejs:20", "image"});
  CHECK(action->memory == ByteSize::mebibytes(256));
  CHECK(action->time_limit == std::chrono::seconds(60));
  CHECK(action->log_limit == ByteSize::mebibytes(3));
  CHECK(action->code.main == "m");
  CHECK(action->code.text == "x");
}

}  // namespace
}  // namespace owpool::daemon
