#include "owpoold/config/config_text.h"

#include <cstddef>

#include "fmt/format.h"
#include "json/json.h"

namespace owpool::daemon {
namespace {

std::string memberText(const Option& option, const std::string& value) {
  const bool is_number = option.is_count && value.find_first_not_of("0123456789") == value.npos;
  return fmt::format("{}: {}", json::quote(option.name), is_number ? value : json::quote(value));
}

// The lines of an object, not all of which are members. Every member but the last is
// followed by a comma.
class ObjectLines {
 public:
  void comment(const std::string& text) { lines_.push_back({"// " + text, ""}); }
  void emptyLine() { lines_.emplace_back(); }
  void member(const std::string& text, const std::string& remark = "") {
    last_member_ = lines_.size();
    lines_.push_back({text, remark, true});
  }

  std::string text() const {
    std::string text = "{\n";
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const Line& line = lines_[i];
      const std::string code = line.text + (line.is_member && i < last_member_ ? "," : "");
      if (line.remark.empty()) {
        text += fmt::format("{}{}\n", code.empty() ? "" : "  ", code);
      } else {
        text += fmt::format("  {:<36} // {}\n", code, line.remark);
      }
    }
    return text + "}\n";
  }

 private:
  struct Line {
    std::string text;
    std::string remark;
    bool is_member = false;
  };
  std::vector<Line> lines_;
  std::size_t last_member_ = 0;
};

// A name that may hold anything, on one line.
std::string oneLine(const std::string& text) {
  const std::string quoted = json::quote(text);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

std::string helpText() {
  std::string text =
      "owpoold: runs actions in a pool of containers, behind OpenWhisk's REST API\n\n"
      "Usage: owpoold [OPTION]...\n\n";
  const auto line = [&](const std::string& flag, const std::string& help) {
    const std::string gap = flag.size() < 28 ? "" : "\n" + std::string(30, ' ');
    text += fmt::format("  {:<28}{}{}\n", flag, gap, help);
  };
  for (const Option& option : optionTable()) {
    line(fmt::format("--{} {}", option.name, option.placeholder),
         fmt::format("{} ({})", option.help, defaultWords(option)));
  }
  text += '\n';
  line("--config FILE", fmt::format("JSON with comments ({}, if it exists)", kDefaultConfigFile));
  for (const CommandWord& word : commandWords()) line("--" + word.flag, word.help);
  text +=
      "\nA flag wins over its variable (OWPOOLD_USER_MEMORY for --user-memory), that over its key\n"
      "in the file (\"user-memory\"), that over the default in parentheses. Sizes are written\n"
      "256m, durations 500ms, 10s, 5m, 2h or 30d. SIGHUP takes over what is new of";
  std::size_t width = 100;
  for (const Option& option : optionTable()) {
    if (!option.reloadable) continue;
    if (width + option.name.size() > 90) {
      text += "\n ";
      width = 0;
    }
    text += " " + option.name;
    width += option.name.size() + 1;
  }
  return text + ".\n";
}

std::string configText(const Configuration& configuration, const std::vector<Option>& table) {
  ObjectLines lines;
  for (const Option& option : table) {
    const std::string origin = oneLine(configuration.origins.at(option.name).words);
    if (option.secret) {
      lines.comment(fmt::format("{}: secret, not shown; {}", json::quote(option.name), origin));
    } else {
      lines.member(memberText(option, option.get(configuration.options)), origin);
    }
  }
  return lines.text();
}

std::string defaultConfigText() {
  ObjectLines lines;
  for (const Option& option : optionTable()) {
    const std::string value = option.get(Options());
    if (&option != &optionTable().front()) lines.emptyLine();
    lines.comment(fmt::format("{}: {}{}", option.placeholder, option.help,
                              option.reloadable ? " [SIGHUP]" : ""));
    if (value.empty()) {
      lines.comment(fmt::format("{}: {},  // {}", json::quote(option.name),
                                json::quote(option.placeholder), defaultWords(option)));
    } else {
      lines.member(memberText(option, value));
    }
  }
  return "// The configuration of owpoold: every option with its default. A flag\n"
         "// (--user-memory) and a variable (OWPOOLD_USER_MEMORY) win over what stands here.\n"
         "// What is marked [SIGHUP] is read again on that signal, the rest needs a restart.\n" +
         lines.text();
}

}  // namespace owpool::daemon
