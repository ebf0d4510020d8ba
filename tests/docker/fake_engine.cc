#include "tests/docker/fake_engine.h"

#include <poll.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "json/json.h"

namespace owpool::docker_test {
namespace {

using http::testing::RawPeer;

std::string answer(int code, const std::string& body) {
  return fmt::format("HTTP/1.1 {} Whatever\r\nContent-Type: application/json\r\n"
                     "Content-Length: {}\r\n\r\n{}",
                     code, body.size(), code == 204 || code == 304 ? "" : body);
}

std::string message(const std::string& text) {
  return fmt::format("{{\"message\":{}}}", json::quote(text));
}

std::string labelsJson(const docker::Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", json::quote(name), json::quote(value));
  }
  return "{" + text + "}";
}

docker::Labels labelsOf(const json::Value& body) {
  docker::Labels labels;
  for (const auto& [name, value] : body.member("Labels")->members()) {
    labels[name] = value.asString().value_or("");
  }
  return labels;
}

std::string decoded(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      result += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

// The thread's current request, for doneBut().
thread_local std::function<void()> do_the_usual;

}  // namespace

FakeEngine::FakeEngine() {
  directory_ = "/tmp/owpool-fake-engine-XXXXXX";
  REQUIRE(::mkdtemp(directory_.data()) != nullptr);
  path_ = directory_ + "/s";
  fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
  REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  REQUIRE(::listen(fd_, 64) == 0);
  accepting_ = std::thread([this] { serve(); });
}

FakeEngine::~FakeEngine() {
  stopped_ = true;
  ::shutdown(fd_, SHUT_RDWR);
  accepting_.join();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const int fd : peers_) ::shutdown(fd, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  ::close(fd_);
  ::unlink(path_.c_str());
  ::rmdir(directory_.c_str());
}

void FakeEngine::serve() {
  for (int fd = 0; (fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      peers_.insert(fd);
    }
    threads_.emplace_back([this, fd] { handle(fd); });
  }
}

void FakeEngine::handle(int fd) {
  const int own = ::dup(fd);  // "peer" closes its own; this one is shut down to end us.
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    peers_.insert(own);
    peers_.erase(fd);
  }
  {
    RawPeer peer(fd);
    const std::string head = peer.readUntil("\r\n\r\n");
    const std::string method = head.substr(0, head.find(' '));
    std::string target = head.substr(head.find(' ') + 1);
    target = target.substr(0, target.find(' '));
    if (target.rfind("/v1.", 0) == 0) target = target.substr(target.find('/', 1));
    const auto length = head.find("Content-Length: ");
    std::string body;
    if (length != std::string::npos) body = peer.read(std::stoul(head.substr(length + 16)));
    const std::string request = method + " " + target;
    Reaction reaction;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      requests_.push_back(request);
      bodies_[request.substr(0, request.find('?'))] = body;
      for (Script& script : scripts_) {
        if (script.times == 0 || request.rfind(script.request, 0) != 0) continue;
        --script.times;
        reaction = script.reaction;
        break;
      }
    }
    do_the_usual = [&] { (void)usual(request, body); };
    if (reaction) {
      reaction(peer);
    } else if (request.rfind("GET /events", 0) == 0) {
      streamEvents(peer);
    } else {
      const auto [code, text] = usual(request, body);
      peer.send(answer(code, text));
    }
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  peers_.erase(own);
  ::close(own);
}

void FakeEngine::react(const std::string& request, Reaction reaction, int times) {
  const std::lock_guard<std::mutex> lock(mutex_);
  scripts_.push_back(Script{request, std::move(reaction), times});
}

FakeEngine::Reaction FakeEngine::status(int code, const std::string& body) {
  return [=](RawPeer& peer) { peer.send(answer(code, body)); };
}

FakeEngine::Reaction FakeEngine::hang() {
  return [](RawPeer& peer) { peer.readAll(); };
}

FakeEngine::Reaction FakeEngine::garbage() {
  return [](RawPeer& peer) { peer.send("\x16\x03\x01 what?\r\n\r\n{]"); };
}

FakeEngine::Reaction FakeEngine::half() {
  return [](RawPeer& peer) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"Id\":");
  };
}

FakeEngine::Reaction FakeEngine::close() {
  return [](RawPeer&) {};
}

FakeEngine::Reaction FakeEngine::doneBut(const Reaction& reaction) {
  return [=](RawPeer& peer) {
    do_the_usual();
    reaction(peer);
  };
}

FakeContainer& FakeEngine::add(const std::string& name, const docker::Labels& labels,
                               const std::string& status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  FakeContainer container;
  container.id = fmt::format("{:064x}", next_id_++);
  container.name = name;
  container.status = status;
  container.labels = labels;
  return containers_[container.id] = container;
}

void FakeEngine::addNetwork(const std::string& name, const docker::Labels& labels) {
  const std::lock_guard<std::mutex> lock(mutex_);
  networks_[name] = labels;
}

void FakeEngine::change(const std::string& id, const std::function<void(FakeContainer&)>& how) {
  const std::lock_guard<std::mutex> lock(mutex_);
  how(containers_.at(id));
}

void FakeEngine::dieSilently(const std::string& id) {
  change(id, [](FakeContainer& container) {
    container.status = "exited";
    container.exit_code = 137;
  });
}

void FakeEngine::forget(const std::string& id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  containers_.erase(id);
}

void FakeEngine::forgetNetworks() {
  const std::lock_guard<std::mutex> lock(mutex_);
  networks_.clear();
}

void FakeEngine::die(const std::string& id) {
  dieSilently(id);
  emit(fmt::format(R"({{"Type":"container","Action":"die","Actor":{{"ID":"{}"}}}})"
                   "\n",
                   id));
}

void FakeEngine::emit(const std::string& text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  events_.push_back(text);
}

void FakeEngine::cutEvents() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const int fd : event_peers_) ::shutdown(fd, SHUT_RDWR);
  event_peers_.clear();
}

void FakeEngine::streamEvents(RawPeer& peer) {
  std::size_t next = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    event_peers_.insert(peer.fd());
    next = events_.size();
  }
  peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (;;) {
    // The client has nothing to say: what can be read is its end.
    pollfd polled{peer.fd(), POLLIN, 0};
    const bool gone = ::poll(&polled, 1, 2) != 0;
    std::string text;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (gone || stopped_ || event_peers_.count(peer.fd()) == 0) {
        event_peers_.erase(peer.fd());
        return;
      }
      if (next < events_.size()) text = events_[next++];
    }
    if (!text.empty()) peer.send(fmt::format("{:x}\r\n{}\r\n", text.size(), text));
  }
}

FakeContainer* FakeEngine::find(const std::string& id_or_name) {
  for (auto& [id, container] : containers_) {
    if (id == id_or_name || container.name == id_or_name) return &container;
  }
  return nullptr;
}

std::pair<int, std::string> FakeEngine::usual(const std::string& request,
                                              const std::string& body) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::string path = request.substr(0, request.find('?'));
  const std::string query = request.substr(std::min(path.size() + 1, request.size()));
  if (path == "GET /_ping") return {200, "OK"};
  if (path == "GET /version") {
    return {200, fmt::format(R"({{"ApiVersion":"{}","MinAPIVersion":"{}"}})", newest_version,
                             oldest_version)};
  }
  if (path == "POST /containers/create") return create(query, body);
  if (path == "GET /containers/json") return {200, list(query)};
  if (path == "POST /images/create") return {200, "{\"status\":\"Pulling\"}\r\n"};
  if (path.rfind("GET /images/", 0) == 0) return {404, message("No such image")};
  const std::string network_path = "/networks/";
  const auto network = path.find(network_path);
  if (network != std::string::npos) {
    const std::string name = path.substr(network + network_path.size());
    if (path == "POST /networks/create") {
      const auto parsed = json::parse(body);
      networks_[*parsed->member("Name")->asString()] = labelsOf(*parsed);
      return {201, "{\"Id\":\"n\",\"Warning\":\"\"}"};
    }
    if (networks_.count(name) == 0) return {404, message("network " + name + " not found")};
    if (path.rfind("DELETE", 0) == 0) {
      networks_.erase(name);
      return {204, ""};
    }
    return {200, fmt::format(R"({{"Id":"n","Labels":{}}})", labelsJson(networks_[name]))};
  }
  const std::string container_path = " /containers/";
  const auto container = path.find(container_path);
  if (container == std::string::npos) return {404, message("page not found")};
  return onContainer(path.substr(0, container), path.substr(container + container_path.size()));
}

std::pair<int, std::string> FakeEngine::onContainer(const std::string& method,
                                                    const std::string& rest) {
  const std::string id = rest.substr(0, rest.find('/'));
  const std::string what = rest.substr(std::min(id.size() + 1, rest.size()));
  FakeContainer* container = find(id);
  if (container == nullptr) return {404, message("No such container: " + id)};
  if (method == "DELETE") {
    containers_.erase(container->id);
    return {204, ""};
  }
  if (what == "json") {
    return {200, fmt::format(
        R"({{"Id":"{}","State":{{"Status":"{}","OOMKilled":{},"Pid":1,"ExitCode":{},)"
        R"("StartedAt":"{}"}},"Config":{{"Labels":{}}},)"
        R"("NetworkSettings":{{"Networks":{{"any":{{"IPAddress":"127.0.0.1"}}}}}}}})",
        container->id, container->status, container->oom_killed, container->exit_code,
        container->started_at, labelsJson(container->labels))};
  }
  if (what == "logs") return {200, log_};
  const auto move = [&](const char* from, const char* to) -> std::pair<int, std::string> {
    if (container->status != from) return {409, message("Container is " + container->status)};
    container->status = to;
    return {204, ""};
  };
  if (what == "start") return move("created", "running");
  if (what == "pause") return move("running", "paused");
  if (what == "unpause") return move("paused", "running");
  if (what == "kill") return move("running", "exited");
  return {404, message("page not found")};
}

std::pair<int, std::string> FakeEngine::create(const std::string& query, const std::string& body) {
  const auto parsed = json::parse(body);
  if (!parsed.ok()) return {400, message("not JSON")};
  const std::string name = decoded(query.substr(query.find("name=") + 5));
  if (find(name) != nullptr) {
    return {409, message("Conflict. The container name \"/" + name + "\" is already in use")};
  }
  FakeContainer container;
  container.image = *parsed->member("Image")->asString();
  if (container.image.rfind("missing", 0) == 0) {
    return {404, message("No such image: " + container.image)};
  }
  container.id = fmt::format("{:064x}", next_id_++);
  container.name = name;
  container.labels = labelsOf(*parsed);
  containers_[container.id] = container;
  return {201, fmt::format(R"({{"Id":"{}","Warnings":[]}})", container.id)};
}

std::string FakeEngine::list(const std::string& query) const {
  const std::string filters = decoded(query.substr(query.find("filters=") + 8));
  const auto parsed = json::parse(filters);
  const std::string label = *parsed->member("label")->elements().front().asString();
  std::string text;
  for (const auto& [id, container] : containers_) {
    const auto found = container.labels.find(label.substr(0, label.find('=')));
    if (found == container.labels.end() ||
        found->second != label.substr(label.find('=') + 1)) {
      continue;
    }
    text += fmt::format(R"({}{{"Id":"{}","Names":["/{}"],"State":"{}"}})", text.empty() ? "" : ",",
                        id, container.name, container.status);
  }
  return "[" + text + "]";
}

std::vector<FakeContainer> FakeEngine::containers() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<FakeContainer> result;
  for (const auto& [id, container] : containers_) result.push_back(container);
  return result;
}

std::vector<std::string> FakeEngine::networks() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::string> result;
  for (const auto& [name, labels] : networks_) result.push_back(name);
  return result;
}

std::vector<std::string> FakeEngine::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

int FakeEngine::count(const std::string& request) const {
  const auto all = requests();
  return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const std::string& each) {
    return each.rfind(request, 0) == 0;
  }));
}

std::string FakeEngine::lastBody(const std::string& request) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = bodies_.find(request);
  return found == bodies_.end() ? "" : found->second;
}

int FakeEngine::eventStreams() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(event_peers_.size());
}

}  // namespace owpool::docker_test
