#include "owpoold/api/api_docs.h"

#include <map>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "owpool/version.h"
#include "owpoold/api/api_definitions.h"
#include "owpoold/api/route_table.h"
#include "owpoold/support/json_text.h"

namespace owpool::daemon {
namespace {

// "Action", or "[]Action" for an array of them.
std::string schemaJson(std::string_view schema) {
  if (schema.substr(0, 2) == "[]") {
    return ObjectText().string("type", "array").json("items", schemaJson(schema.substr(2))).text();
  }
  return ObjectText().string("$ref", "#/definitions/" + std::string(schema)).text();
}

std::string parameterJson(std::string_view name, std::string_view in, bool required,
                          std::string_view type, std::string_view description) {
  ObjectText parameter;
  parameter.string("name", name).string("in", in).boolean("required", required);
  parameter.string("type", type);
  if (!description.empty()) parameter.string("description", description);
  return parameter.text();
}

std::string parametersJson(const Route& route) {
  std::vector<std::string> parameters;
  std::string_view rest = route.path;
  for (auto open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
    rest.remove_prefix(open + 1);
    const std::string_view name = rest.substr(0, rest.find('}'));
    parameters.push_back(parameterJson(
        name, "path", true, "string",
        name == "namespace" ? "The caller's own, which is also called _." : ""));
  }
  for (const QueryParameter& query : route.query) {
    parameters.push_back(
        parameterJson(query.name, "query", false, query.type, query.description));
  }
  if (!route.body.empty()) {
    parameters.push_back(ObjectText()
                             .string("name", "body")
                             .string("in", "body")
                             .boolean("required", route.method == "PUT")
                             .json("schema", schemaJson(route.body))
                             .text());
  }
  return arrayText(parameters);
}

std::string_view meaningOf(int status) {
  switch (status) {
    case 200: return "Done.";
    case 202: return "The activation goes on; its record will be found by its id.";
    case 308: return "Elsewhere.";
    case 400: return "Something in the request is wrong; the message says what.";
    case 401: return "There was no key, or a wrong one.";
    case 403: return "The namespace is another's.";
    case 404: return "There is no such thing.";
    case 409: return "It is there already, or somebody else changed it meanwhile.";
    case 413: return "Too large.";
    case 429: return "Too many at a time, or in the last minute.";
    case 500: return "The server failed.";
    case 502: return "The action ended in an error.";
    case 503: return "The server is overloaded or shutting down.";
  }
  return "";
}

std::string answersJson(const Route& route) {
  std::map<int, std::string_view> answers;
  for (const auto& [status, schema] : route.answers) answers[status] = schema;
  if (needsKey(route)) {
    answers.emplace(401, "Error");
    answers.emplace(500, "Error");
  }
  if (route.path.find("{namespace}") != std::string_view::npos) answers.emplace(403, "Error");
  ObjectText responses;
  for (const auto& [status, schema] : answers) {
    ObjectText answer;
    answer.string("description", meaningOf(status));
    if (!schema.empty()) answer.json("schema", schemaJson(schema));
    responses.json(std::to_string(status), answer.text());
  }
  return responses.text();
}

std::string operationJson(const Route& route) {
  ObjectText operation;
  operation.string("operationId", route.operation).string("summary", route.summary);
  operation.json("parameters", parametersJson(route)).json("responses", answersJson(route));
  if (!needsKey(route)) operation.json("security", "[]");
  return operation.text();
}

}  // namespace

std::string apiDocsJson() {
  std::map<std::string_view, ObjectText> operations;  // By path.
  for (const Route& route : routeTable()) {
    operations[route.path].json(absl::AsciiStrToLower(std::string(route.method)),
                                operationJson(route));
  }
  ObjectText paths;
  for (const auto& [path, methods] : operations) {
    paths.json(path.empty() ? "/" : path, methods.text());
  }
  const std::string info = ObjectText()
                               .string("title", "owpoold")
                               .string("description", "OpenWhisk's REST API, as owpoold serves it")
                               .string("version", version())
                               .text();
  return ObjectText()
      .string("swagger", "2.0")
      .json("info", info)
      .string("basePath", "/api/v1")
      .json("consumes", R"(["application/json"])")
      .json("produces", R"(["application/json"])")
      .json("securityDefinitions", R"({"key":{"type":"basic"}})")
      .json("security", R"([{"key":[]}])")
      .json("paths", paths.text())
      .json("definitions", kApiDefinitions)
      .text();
}

}  // namespace owpool::daemon
