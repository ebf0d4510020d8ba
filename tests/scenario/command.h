// One command of a scenario: a verb, words, and options "name=value" or "name".
#ifndef OWPOOL_TESTS_SCENARIO_COMMAND_H_
#define OWPOOL_TESTS_SCENARIO_COMMAND_H_

#include <optional>
#include <string>
#include <vector>

#include "owpool/pool.h"

namespace owpool::scenario {

// What cannot be read is a std::runtime_error that says what was expected. Words are
// taken from the left; endOfCommand() complains of what nobody took.
class Command {
 public:
  explicit Command(const std::string& line);

  const std::string& verb() const { return verb_; }

  std::string takeWord();
  ContainerId takeContainer();    // "#1".
  ActivationId takeActivation();  // "a1".
  Duration takeDuration();        // "10s".

  // The value of "name=value", once; nullopt if there is none (any more).
  std::optional<std::string> takeOption(const std::string& name);
  bool takeFlag(const std::string& name);
  bool isAtEnd() const { return words_.empty(); }
  void endOfCommand() const;

 private:
  std::string verb_;
  std::vector<std::string> words_;
};

[[noreturn]] void fail(const std::string& message);

int parseNumber(const std::string& text);
ByteSize parseMemory(const std::string& text);    // In MB.
Duration parseDuration(const std::string& text);  // "100ms", "10s", "2m", "1h".
// The index of "text" in "words".
int parseChoice(const std::string& text, const std::vector<std::string>& words);

}  // namespace owpool::scenario

#endif  // OWPOOL_TESTS_SCENARIO_COMMAND_H_
