// The JSON that the API takes and gives, as Swagger 2.0 describes it. What shapes.h
// writes and action_input.h reads must be in here; tests compare.
#ifndef OWPOOLD_API_API_DEFINITIONS_H_
#define OWPOOLD_API_API_DEFINITIONS_H_

#include <string_view>

namespace owpool::daemon {

inline constexpr std::string_view kApiDefinitions = R"json({
"Object":{"type":"object"},
"Name":{"type":"string"},
"Payload":{"type":"object",
  "description":"The action's parameters: an object, or an array."},
"Error":{"type":"object","required":["error","code"],"properties":{
  "error":{"type":"string"},
  "code":{"type":"string","description":"The request's id, as in the header X-Request-ID."}}},
"KeyValue":{"type":"object","required":["key"],"properties":{
  "key":{"type":"string"},
  "value":{"description":"Any JSON."}}},
"ActionExec":{"type":"object","properties":{
  "kind":{"type":"string","description":"One of the runtimes that GET / of the server lists."},
  "image":{"type":"string","description":"Of the kind blackbox: a container image."},
  "code":{"type":"string","description":"The source, or a zip archive in base64."},
  "binary":{"type":"boolean","description":"Whether the code is a zip archive."},
  "main":{"type":"string"}}},
"ActionLimits":{"type":"object","properties":{
  "timeout":{"type":"integer","description":"In milliseconds."},
  "memory":{"type":"integer","description":"In MB."},
  "logs":{"type":"integer","description":"In MB."},
  "concurrency":{"type":"integer","description":"Activations at a time in one container."}}},
"ActionPut":{"type":"object","properties":{
  "exec":{"$ref":"#/definitions/ActionExec"},
  "parameters":{"type":"array","items":{"$ref":"#/definitions/KeyValue"}},
  "limits":{"$ref":"#/definitions/ActionLimits"},
  "annotations":{"type":"array","items":{"$ref":"#/definitions/KeyValue"}},
  "delAnnotations":{"type":"array","items":{"type":"string"}},
  "version":{"type":"string"},
  "publish":{"type":"boolean"}}},
"Action":{"type":"object","properties":{
  "namespace":{"type":"string"},
  "name":{"type":"string"},
  "version":{"type":"string"},
  "publish":{"type":"boolean"},
  "exec":{"$ref":"#/definitions/ActionExec"},
  "parameters":{"type":"array","items":{"$ref":"#/definitions/KeyValue"}},
  "limits":{"$ref":"#/definitions/ActionLimits"},
  "annotations":{"type":"array","items":{"$ref":"#/definitions/KeyValue"}},
  "updated":{"type":"integer"}}},
"ActionBrief":{"type":"object","properties":{
  "namespace":{"type":"string"},
  "name":{"type":"string"},
  "version":{"type":"string"},
  "publish":{"type":"boolean"},
  "exec":{"type":"object","properties":{"binary":{"type":"boolean"}}},
  "limits":{"$ref":"#/definitions/ActionLimits"},
  "annotations":{"type":"array","items":{"$ref":"#/definitions/KeyValue"}},
  "updated":{"type":"integer"}}},
"ActivationId":{"type":"object","properties":{"activationId":{"type":"string"}}},
"ActivationResult":{"type":"object","properties":{
  "result":{"description":"What the action returned: an object or an array."},
  "success":{"type":"boolean"},
  "status":{"type":"string","enum":["success","application error","action developer error",
    "whisk internal error"]},
  "size":{"type":"integer"}}},
"ActivationLogs":{"type":"object","properties":{
  "logs":{"type":"array","items":{"type":"string"}}}},
"Activation":{"type":"object","properties":{
  "namespace":{"type":"string"},
  "name":{"type":"string"},
  "version":{"type":"string"},
  "activationId":{"type":"string"},
  "start":{"type":"integer"},
  "end":{"type":"integer"},
  "duration":{"type":"integer"},
  "annotations":{"type":"array","items":{"$ref":"#/definitions/KeyValue"}},
  "publish":{"type":"boolean"},
  "subject":{"type":"string"},
  "response":{"$ref":"#/definitions/ActivationResult"},
  "logs":{"type":"array","items":{"type":"string"}}}},
"ActivationBrief":{"type":"object","properties":{
  "namespace":{"type":"string"},
  "name":{"type":"string"},
  "version":{"type":"string"},
  "activationId":{"type":"string"},
  "start":{"type":"integer"},
  "end":{"type":"integer"},
  "duration":{"type":"integer"},
  "annotations":{"type":"array","items":{"$ref":"#/definitions/KeyValue"}},
  "publish":{"type":"boolean"},
  "statusCode":{"type":"integer",
    "description":"0 success, 1 application error, 2 developer error, 3 whisk internal error."}}},
"PackageBrief":{"type":"object","properties":{
  "namespace":{"type":"string"},
  "name":{"type":"string"},
  "version":{"type":"string"},
  "publish":{"type":"boolean"},
  "annotations":{"type":"array","items":{"$ref":"#/definitions/KeyValue"}},
  "binding":{"type":"boolean"},
  "updated":{"type":"integer"}}},
"Package":{"type":"object","properties":{
  "namespace":{"type":"string"},
  "name":{"type":"string"},
  "version":{"type":"string"},
  "publish":{"type":"boolean"},
  "annotations":{"type":"array","items":{"$ref":"#/definitions/KeyValue"}},
  "parameters":{"type":"array","items":{"$ref":"#/definitions/KeyValue"}},
  "binding":{"type":"object"},
  "actions":{"type":"array","items":{"type":"object","properties":{
    "name":{"type":"string"},
    "version":{"type":"string"},
    "annotations":{"type":"array","items":{"$ref":"#/definitions/KeyValue"}}}}},
  "feeds":{"type":"array","items":{"type":"object"}},
  "updated":{"type":"integer"}}},
"Limits":{"type":"object","properties":{
  "invocationsPerMinute":{"type":"integer"},
  "concurrentInvocations":{"type":"integer"},
  "firesPerMinute":{"type":"integer"},
  "allowedKinds":{"type":"array","items":{"type":"string"}},
  "storeActivations":{"type":"boolean"}}},
"ApiInfo":{"type":"object","properties":{
  "description":{"type":"string"},
  "api_version":{"type":"string"},
  "api_version_path":{"type":"string"},
  "build":{"type":"string"},
  "buildno":{"type":"string"},
  "swagger_paths":{"type":"object"}}}
})json";

}  // namespace owpool::daemon

#endif  // OWPOOLD_API_API_DEFINITIONS_H_
