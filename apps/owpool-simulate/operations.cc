#include "owpool-simulate/operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include "absl/status/status.h"

namespace owpool::simulate {
namespace {

constexpr std::string_view kCallNames[] = {"start",  "init",   "run",   "pause",
                                           "resume", "remove", "probe", "any"};
constexpr std::string_view kOutcomeNames[] = {"well", "badly", "undelivered", "result-first"};
constexpr std::string_view kPhaseNames[] = {"starting", "prewarmed", "initializing", "idle",
                                            "busy",     "pausing",   "paused",       "resuming",
                                            "draining", "removing",  "any"};

// What stands behind a kind's name, in this order: w "which", c "count", k "call",
// o "outcome", p "phase", t "time".
struct Form {
  std::string_view name;
  std::string_view fields;
};
constexpr Form kForms[kOperationKindCount] = {
    {"arrive", "w"},        {"burst", "wc"},        {"arrive-again", "w"},
    {"answer", "kwo"},      {"drop", "kw"},         {"answer-late", "wo"},
    {"answer-again", "wo"}, {"unknown", "w"},       {"die", "pw"},
    {"vanish", "pw"},       {"advance", "t"},       {"advance-to-deadline", ""},
    {"shut-down", "t"},
};

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr Unit kUnits[] = {
    {"h", 3'600'000'000'000}, {"s", 1'000'000'000}, {"ms", 1'000'000}, {"ns", 1}};

std::string textOf(Duration time) {
  for (const Unit& unit : kUnits) {
    if (time.count() % unit.nanoseconds == 0) {
      return fmt::format("{}{}", time.count() / unit.nanoseconds, unit.name);
    }
  }
  return fmt::format("{}ns", time.count());
}

template <typename T>
std::optional<T> parseNumber(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Duration> parseTime(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parseNumber<std::int64_t>(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (text.substr(digits) != unit.name) continue;
    if (*number > Duration::max().count() / unit.nanoseconds) return std::nullopt;
    return Duration(*number * unit.nanoseconds);
  }
  return std::nullopt;
}

template <typename E>
bool parseName(std::span<const std::string_view> names, std::string_view word, E& value) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != word) continue;
    value = static_cast<E>(i);
    return true;
  }
  return false;
}

template <typename T, typename Parsed>
bool store(T& field, const Parsed& parsed) {
  if (parsed) field = *parsed;
  return parsed.has_value();
}

bool parseField(char field, std::string_view word, Operation& operation) {
  switch (field) {
    case 'w': return store(operation.which, parseNumber<std::uint32_t>(word));
    case 'c': return store(operation.count, parseNumber<std::uint32_t>(word));
    case 't': return store(operation.time, parseTime(word));
    case 'k': return parseName(kCallNames, word, operation.call);
    case 'o': return parseName(kOutcomeNames, word, operation.outcome);
    default: return parseName(kPhaseNames, word, operation.phase);
  }
}

// Splits off what stands before the next separator.
std::string_view takeUntil(std::string_view& text, char separator) {
  const std::size_t at = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return taken;
}

std::vector<std::string_view> wordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::string_view word = takeUntil(text, ' ');
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

std::optional<Operation> parseOperation(std::string_view text) {
  const std::vector<std::string_view> words = wordsOf(text);
  for (std::size_t kind = 0; kind < kOperationKindCount; ++kind) {
    const Form& form = kForms[kind];
    if (words.empty() || words[0] != form.name) continue;
    if (words.size() != form.fields.size() + 1) return std::nullopt;
    Operation operation;
    operation.kind = static_cast<OperationKind>(kind);
    for (std::size_t i = 0; i < form.fields.size(); ++i) {
      if (!parseField(form.fields[i], words[i + 1], operation)) return std::nullopt;
    }
    return operation;
  }
  return std::nullopt;
}

}  // namespace

std::string_view callKindName(CallKind kind) { return kCallNames[static_cast<std::size_t>(kind)]; }
std::string_view lifePhaseName(LifePhase phase) {
  return kPhaseNames[static_cast<std::size_t>(phase)];
}

std::string textOf(const Operation& operation) {
  const Form& form = kForms[static_cast<std::size_t>(operation.kind)];
  std::string text(form.name);
  for (const char field : form.fields) {
    text += ' ';
    switch (field) {
      case 'w': text += std::to_string(operation.which); break;
      case 'c': text += std::to_string(operation.count); break;
      case 't': text += textOf(operation.time); break;
      case 'k': text += callKindName(operation.call); break;
      case 'o': text += kOutcomeNames[static_cast<std::size_t>(operation.outcome)]; break;
      default: text += lifePhaseName(operation.phase); break;
    }
  }
  return text;
}

std::string textOf(const Operations& operations) {
  std::string text;
  for (const Operation& operation : operations) {
    if (!text.empty()) text += ", ";
    text += textOf(operation);
  }
  return text;
}

absl::StatusOr<Operations> parseOperations(std::string_view text) {
  Operations operations;
  while (!text.empty()) {
    const std::string_view one = takeUntil(text, ',');
    const std::optional<Operation> operation = parseOperation(one);
    if (!operation) {
      return absl::InvalidArgumentError(fmt::format("not an operation: \"{}\"", one));
    }
    operations.push_back(*operation);
  }
  return operations;
}

}  // namespace owpool::simulate
