// The administrator's view of namespaces. A key is in an answer once, when it is made.
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "json/json.h"
#include "owpoold/admin/routes.h"
#include "owpoold/api/answers.h"
#include "owpoold/support/json_text.h"

namespace owpool::daemon {
namespace {

std::string limitText(const std::optional<std::int64_t>& limit) {
  return limit ? std::to_string(*limit) : "null";
}

ObjectText& addLimits(ObjectText& object, const NamespaceLimits& limits) {
  return object.json("concurrent_invocations", limitText(limits.concurrent_invocations))
      .json("invocations_per_minute", limitText(limits.invocations_per_minute));
}

absl::StatusOr<json::Value> bodyOf(const http::Request& request) {
  auto body = json::parse(request.body);
  if (body.ok() && !body->isObject()) {
    return absl::InvalidArgumentError("the body must be a JSON object");
  }
  return body;
}

http::Response listNamespaces(const AdminContext& context) {
  std::vector<std::string> texts;
  for (const NamespacePtr& space : context.namespaces.list()) {
    ObjectText object;
    object.string("name", space->id.name).integer("created_ms", space->created_ms);
    texts.push_back(addLimits(object, space->own_limits).text());
  }
  return jsonAnswer(ObjectText().json("namespaces", arrayText(texts)).text());
}

http::Response keyAnswer(const std::string& name, const ApiKey& key) {
  return jsonAnswer(ObjectText().string("name", name).string("key", key.text()).text());
}

absl::StatusOr<http::Response> createNamespace(const AdminContext& context,
                                               const http::Request& request) {
  const auto body = bodyOf(request);
  if (!body.ok()) return body.status();
  const auto member = body->member("name");
  const auto name = member ? member->asString() : std::nullopt;
  if (!name) return absl::InvalidArgumentError("name: must be a string");
  const auto key = context.namespaces.create(*name);
  if (!key.ok()) return key.status();
  return keyAnswer(*name, *key);
}

absl::Status readLimit(const json::Value& body, std::string_view key,
                       std::optional<std::int64_t>& limit) {
  const auto member = body.member(key);
  if (!member) return absl::OkStatus();
  limit = member->asInteger();
  if (limit || member->type() == json::Type::Null) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("{}: must be a whole number or null", key));
}

absl::StatusOr<http::Response> limitsOfNamespace(const AdminContext& context,
                                                 const std::string& name,
                                                 const http::Request& request) {
  if (request.method == "PUT") {
    const NamespacePtr before = context.namespaces.find(name);
    if (before == nullptr) return absl::NotFoundError(fmt::format("no namespace '{}'", name));
    NamespaceLimits limits = before->own_limits;
    const auto body = bodyOf(request);
    if (!body.ok()) return body.status();
    auto status = readLimit(*body, "concurrent_invocations", limits.concurrent_invocations);
    if (status.ok()) {
      status = readLimit(*body, "invocations_per_minute", limits.invocations_per_minute);
    }
    if (status.ok()) status = context.namespaces.setLimits(name, limits);
    if (!status.ok()) return status;
  }
  const NamespacePtr space = context.namespaces.find(name);
  if (space == nullptr) return absl::NotFoundError(fmt::format("no namespace '{}'", name));
  ObjectText object;
  object.string("name", name);
  return jsonAnswer(addLimits(object, space->own_limits).text());
}

absl::StatusOr<http::Response> removeNamespace(const AdminContext& context,
                                               const std::string& name,
                                               const http::Request& request) {
  const auto with_actions = queryFlag(request, "with_actions");
  if (!with_actions.ok()) return with_actions.status();
  const auto status = context.namespaces.remove(
      name, *with_actions ? Namespaces::WithActions::Yes : Namespaces::WithActions::No);
  if (!status.ok()) return status;
  return jsonAnswer(ObjectText().string("name", name).text());
}

}  // namespace

absl::StatusOr<http::Response> namespaceRoutes(const AdminContext& context,
                                               const http::Request& request) {
  const std::vector<std::string>& path = request.segments;
  if (path.size() == 1) {
    if (request.method == "GET") return listNamespaces(context);
    if (request.method == "POST") return createNamespace(context, request);
    return methodNotAllowed("GET, POST");
  }
  const std::string& name = path[1];
  if (path.size() == 2) {
    if (request.method != "DELETE") return methodNotAllowed("DELETE");
    return removeNamespace(context, name, request);
  }
  if (path.size() != 3) return notFound();
  if (path[2] == "key") {
    if (request.method != "POST") return methodNotAllowed("POST");
    const auto key = context.namespaces.renewKey(name);
    if (!key.ok()) return key.status();
    return keyAnswer(name, *key);
  }
  if (path[2] != "limits") return notFound();
  if (request.method != "GET" && request.method != "PUT") return methodNotAllowed("GET, PUT");
  return limitsOfNamespace(context, name, request);
}

}  // namespace owpool::daemon
