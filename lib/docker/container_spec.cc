#include "docker/container_spec.h"

#include <algorithm>

#include <fmt/format.h>

#include "json/json.h"

namespace owpool::docker {
namespace {

std::string object(const std::map<std::string, std::string>& members) {
  std::string text;
  for (const auto& [name, value] : members) {
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", json::quote(name), json::quote(value));
  }
  return "{" + text + "}";
}

template <typename Strings>
std::string array(const Strings& strings) {
  std::string text;
  for (const std::string& string : strings) {
    text += fmt::format("{}{}", text.empty() ? "" : ",", json::quote(string));
  }
  return fmt::format("[{}]", text);
}

std::string environmentOf(const ContainerSpec& spec) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : spec.environment) lines.push_back(name + "=" + value);
  return array(lines);
}

}  // namespace

std::int64_t cpuShares(ByteSize memory, ByteSize user_memory) {
  constexpr std::int64_t kAll = 1024;
  const std::int64_t parts = user_memory.count() / std::max<std::int64_t>(memory.count(), 1);
  return std::max<std::int64_t>(kAll / std::max<std::int64_t>(parts, 1), 2);
}

std::string createBody(const ContainerSpec& spec) {
  const DockerLimits& limits = spec.limits;
  std::string security;
  if (limits.no_new_privileges) security = "\"no-new-privileges\"";
  std::string more;
  if (limits.read_only_root) {
    more += ",\"ReadonlyRootfs\":true,\"Tmpfs\":{\"/tmp\":\"rw,nosuid,size=64m\"}";
  }
  if (!limits.engine_runtime.empty()) {
    more += ",\"Runtime\":" + json::quote(limits.engine_runtime);
  }
  const std::string host = fmt::format(
      R"({{"Memory":{0},"MemorySwap":{0},"CpuShares":{1},"PidsLimit":{2},"NetworkMode":{3},)"
      R"("CapDrop":{4},"SecurityOpt":[{5}],"Ulimits":[{{"Name":"nofile","Soft":{6},"Hard":{6}}}],)"
      R"("LogConfig":{{"Type":"json-file","Config":{{"max-size":"{7}","max-file":"2"}}}},)"
      R"("AutoRemove":false,"RestartPolicy":{{"Name":"no"}}{8}}})",
      spec.memory.count(), spec.cpu_shares, limits.pids_max, json::quote(spec.network),
      array(limits.dropped_capabilities), security, limits.open_files_max,
      limits.log_file_max.count(), more);
  return fmt::format(
      R"({{"Image":{},"Env":{},"Labels":{},"Healthcheck":{{"Test":["NONE"]}},"HostConfig":{}}})",
      json::quote(spec.image), environmentOf(spec), object(spec.labels), host);
}

std::string createNetworkBody(const std::string& name, const Labels& labels) {
  return fmt::format(
      R"({{"Name":{},"CheckDuplicate":true,"Driver":"bridge","Labels":{},)"
      R"("Options":{{"com.docker.network.bridge.enable_icc":"false"}}}})",
      json::quote(name), object(labels));
}

}  // namespace owpool::docker
