// A container pool in a program of your own: processes of this machine as
// containers, two activations of one action, the first cold, the second warm.
#include <owpool/pool_driver.h>
#include <owpool/process.h>

#include <cstdio>
#include <cstdlib>
#include <future>
#include <string>

namespace {

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) fail("usage: embed_minimal RUNTIME_SERVER_JS DIRECTORY");
  owpool::ProcessFactoryConfig containers;
  containers.commands["node"] = {"node", argv[1]};
  containers.directory = argv[2];
  auto factory = owpool::newProcessContainerFactory(containers);
  if (!factory.ok()) fail(factory.status().ToString());

  owpool::PoolConfig config;
  config.user_memory = owpool::ByteSize::mebibytes(512);
  auto executor = owpool::newThreadPoolExecutor(16);
  owpool::PoolDriver pool(*owpool::Pool::create(config),
                          {**factory, owpool::systemMonotonicClock(), *executor});

  auto action = std::make_shared<owpool::Action>();
  action->key = owpool::ActionKey("guest", "guest/hello", "1");
  action->runtime = {"nodejs:20", "node"};
  action->code.text = "const main = args => ({ greeting: `Hello, ${args.name}!` })";

  for (std::uint64_t id = 1; id <= 2; ++id) {
    std::promise<void> done;
    pool.submit({{{0, id}, action}, R"({"name": "owpool"})", {}},
                [&](owpool::ActivationOutcome outcome) {
                  const auto start = outcome.start ? startKindName(*outcome.start) : "never placed";
                  std::printf("%s: %s\n", start.data(), outcome.response.result.c_str());
                  done.set_value();
                });
    done.get_future().wait();
  }
  pool.shutDown(std::chrono::seconds(5));
}
