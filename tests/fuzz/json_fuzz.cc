// The JSON guard agrees with a slow twin about every text, and what it gives out can be
// taken in again.
#include <map>
#include <string>
#include <string_view>

#include "json/json.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/slow_json.h"

namespace owpool::fuzz {
namespace {

void mustBeSame(const json::Value& value, const SlowValue& slow) {
  must(value.type() == slow.type, "the type is the twin's");
  must(value.text() == slow.text, "the text of a value is kept as it was written");
  const auto string = value.asString();
  must(string.has_value() == value.isString(), "a string is a string");
  must(!string || *string == slow.string, "a string is unescaped as by the twin");
  const auto members = value.members();
  must(members.size() == slow.keys.size(), "there are as many members");
  for (std::size_t i = 0; i < members.size(); ++i) {
    must(members[i].first == slow.keys[i], "a key is the twin's");
    mustBeSame(members[i].second, slow.values[i]);
  }
  const auto elements = value.elements();
  must(elements.size() + members.size() == slow.values.size(), "there are as many elements");
  for (std::size_t i = 0; i < elements.size(); ++i) mustBeSame(elements[i], slow.values[i]);
}

std::map<std::string, std::string> byKey(const json::Value& object) {
  std::map<std::string, std::string> result;
  for (const auto& [key, value] : object.members()) result.emplace(key, value.text());
  return result;
}

void checkMerge(const json::Value& base, const json::Value& over) {
  const auto merged = json::parse(json::mergeObjects(base, over));
  must(merged.ok(), "merged objects are an object again");
  auto expected = byKey(over);
  expected.merge(byKey(base));
  must(byKey(*merged) == expected, "every member is there, those of \"over\" win");
  must(json::mergeObjects(*merged, over) == merged->text(), "merging twice changes nothing");
}

void checkQuote(std::string_view text) {
  const auto quoted = json::parse(json::quote(text));
  must(quoted.ok() && quoted->isString(), "what is quoted is a string");
  must(!isUtf8(text) || quoted->asString() == text, "quoting is undone by parsing");
}

}  // namespace
}  // namespace owpool::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace owpool;
  using namespace owpool::fuzz;
  const std::string_view text = textOf(data, size);
  checkQuote(text);
  const auto value = json::parse(std::string(text));
  const auto slow = slowParse(text);
  if (!value.ok()) {
    const std::string message(value.status().message());
    must(value.status().code() == absl::StatusCode::kInvalidArgument, "it is the text's fault");
    must(message.find(" at line ") != message.npos, "the error says where");
    // RapidJSON looks at the exponent alone: 0e999 is too big to it.
    must(!slow || message.find("Number too big") != message.npos, "what is good is accepted");
    return 0;
  }
  must(slow.has_value(), "what is accepted is good JSON by all the rules");
  mustBeSame(*value, *slow);
  if (value->isString()) checkQuote(*value->asString());
  const auto elements = value->elements();
  if (elements.size() >= 2 && elements[0].isObject() && elements[1].isObject())
    checkMerge(elements[0], elements[1]);
  return 0;
}
