#include "docker/engine_status.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include <fmt/format.h>

#include "json/json.h"

namespace owpool::docker {
namespace {

constexpr std::size_t kMessageMax = 500;

struct Row {
  std::optional<Operation> operation;  // None: any.
  int http_status;
  std::string_view says;  // In the message, whatever its case; empty: anything.
  absl::StatusCode code;
};

// The first row that fits holds. Not listed: success is OK, the rest is UNAVAILABLE.
using enum Operation;
using enum absl::StatusCode;
constexpr std::array kTable{
    Row{{}, 500, "no space left", kResourceExhausted},
    Row{Create, 404, "no such image", kNotFound},
    Row{Create, 404, "image not known", kNotFound},        // Podman.
    Row{Create, 404, "", kUnavailable},                    // A network that is gone.
    Row{Create, 409, "", kAlreadyExists},
    Row{Create, 500, "already in use", kAlreadyExists},    // Podman.
    Row{Start, 304, "", kOk},
    Row{Start, 404, "", kUnavailable},                     // Its network, or itself, is gone.
    Row{Start, 500, "executable file", kInvalidArgument},  // Podman; Docker says 400.
    Row{Start, 500, "command that was not found", kInvalidArgument},
    Row{Start, 500, "exec format error", kInvalidArgument},
    Row{Pause, 409, "", kFailedPrecondition},
    Row{Pause, 500, "", kFailedPrecondition},
    Row{Unpause, 409, "", kFailedPrecondition},
    Row{Unpause, 500, "", kFailedPrecondition},
    Row{Kill, 409, "", kFailedPrecondition},
    Row{Kill, 500, "not running", kFailedPrecondition},
    Row{Remove, 404, "", kOk},
    Row{Remove, 409, "already in progress", kAborted},
    Row{Remove, 500, "already in progress", kAborted},
    Row{Remove, 409, "", kFailedPrecondition},
    Row{NetworkCreate, 409, "", kAlreadyExists},
    Row{NetworkCreate, 500, "already exists", kAlreadyExists},
    Row{NetworkRemove, 404, "", kOk},
    Row{NetworkRemove, 403, "", kFailedPrecondition},      // Containers are in it.
    Row{NetworkRemove, 409, "", kFailedPrecondition},
    Row{{}, 400, "", kInvalidArgument},
    Row{{}, 404, "", kNotFound},
};

std::string lowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::string_view nameOf(Operation operation) {
  switch (operation) {
    case Ping: return "answer";
    case Version: return "tell its version";
    case Create: return "create a container";
    case Start: return "start a container";
    case Inspect: return "tell the state of a container";
    case Pause: return "pause a container";
    case Unpause: return "unpause a container";
    case Kill: return "kill a container";
    case Remove: return "remove a container";
    case List: return "list the containers";
    case Logs: return "give the log of a container";
    case Events: return "tell its events";
    case ImageInspect: return "tell about an image";
    case ImageImport: return "import an image";
    case ImagePull: return "pull an image";
    case NetworkCreate: return "make a network";
    case NetworkInspect: return "tell about a network";
    case NetworkRemove: return "remove a network";
  }
  return "do that";
}

std::string engineMessage(std::string_view body) {
  std::string text(body);
  // Podman's "message" is the whole of it, its "cause" the end only.
  if (const auto parsed = json::parse(text); parsed.ok()) {
    const auto message = parsed->member("message");
    if (message && message->asString()) text = *message->asString();
  }
  if (text.size() > kMessageMax) text = text.substr(0, kMessageMax) + "...";
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

absl::Status engineStatus(Operation operation, int http_status, std::string_view body) {
  if (http_status >= 200 && http_status < 300) return absl::OkStatus();
  const std::string message = engineMessage(body);
  const std::string said = lowerCase(message);
  absl::StatusCode code = kUnavailable;
  for (const Row& row : kTable) {
    if (row.operation.value_or(operation) != operation || row.http_status != http_status ||
        said.find(row.says) == std::string::npos) {
      continue;
    }
    code = row.code;
    break;
  }
  if (code == kOk) return absl::OkStatus();
  return absl::Status(code, fmt::format("the container engine could not {}: {} (status {})",
                                        nameOf(operation),
                                        message.empty() ? "it does not say why" : message,
                                        http_status));
}

}  // namespace owpool::docker
