#include "tests/scenario/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <stdexcept>

namespace owpool::scenario {
namespace {

std::optional<int> numberIn(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The number in "a12" after "a".
std::optional<std::uint64_t> numberAfter(char first, const std::string& text) {
  if (text.empty() || text[0] != first) return std::nullopt;
  const auto number = numberIn(text.substr(1));
  if (!number || *number < 1) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

}  // namespace

void fail(const std::string& message) { throw std::runtime_error(message); }

Command::Command(const std::string& line) {
  std::istringstream in(line);
  in >> verb_;
  for (std::string word; in >> word;) words_.push_back(word);
}

std::string Command::takeWord() {
  if (words_.empty()) fail("too few words");
  std::string word = words_.front();
  words_.erase(words_.begin());
  return word;
}

ContainerId Command::takeContainer() {
  const std::string word = takeWord();
  const auto number = numberAfter('#', word);
  if (!number) fail(fmt::format("\"{}\" is not a container: #1, #2, …", word));
  return {*number};
}

ActivationId Command::takeActivation() {
  const std::string word = takeWord();
  const auto number = numberAfter('a', word);
  if (!number) fail(fmt::format("\"{}\" is not an activation: a1, a2, …", word));
  return {0, *number};
}

Duration Command::takeDuration() { return parseDuration(takeWord()); }

std::optional<std::string> Command::takeOption(const std::string& name) {
  for (auto word = words_.begin(); word != words_.end(); ++word) {
    if (word->rfind(name + "=", 0) != 0) continue;
    const std::string value = word->substr(name.size() + 1);
    words_.erase(word);
    return value;
  }
  return std::nullopt;
}

bool Command::takeFlag(const std::string& name) {
  const auto word = std::find(words_.begin(), words_.end(), name);
  if (word == words_.end()) return false;
  words_.erase(word);
  return true;
}

void Command::endOfCommand() const {
  if (words_.empty()) return;
  fail(fmt::format("too many words, or unknown option \"{}\"",
                   words_[0].substr(0, words_[0].find('='))));
}

int parseNumber(const std::string& text) {
  const auto number = numberIn(text);
  if (!number) fail(fmt::format("\"{}\" is not a number", text));
  return *number;
}

ByteSize parseMemory(const std::string& text) { return ByteSize::mebibytes(parseNumber(text)); }

Duration parseDuration(const std::string& text) {
  const std::size_t digits = std::min(text.find_first_not_of("-0123456789"), text.size());
  const auto number = numberIn(text.substr(0, digits));
  const std::string unit = text.substr(digits);
  if (number && unit == "ms") return std::chrono::milliseconds(*number);
  if (number && unit == "s") return std::chrono::seconds(*number);
  if (number && unit == "m") return std::chrono::minutes(*number);
  if (number && unit == "h") return std::chrono::hours(*number);
  fail(fmt::format("\"{}\" is not a time: 100ms, 10s, 2m, 1h", text));
}

int parseChoice(const std::string& text, const std::vector<std::string>& words) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) {
    fail(fmt::format("\"{}\" is none of {}", text, fmt::join(words, ", ")));
  }
  return static_cast<int>(found - words.begin());
}

}  // namespace owpool::scenario
