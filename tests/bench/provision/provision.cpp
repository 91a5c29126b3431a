// Testudo's side of the provisioning bench; `run` beside this file puts it against its floor.
//
//     bench_provision write TEMPLATE HOST IMAGES DATA AGENT DIRECTORY     the documents that libvirt is given, for the
//     floor bench_provision objects TEMPLATE HOST IMAGES DATA AGENT             makes networks and machines; no agent
//     is waited for bench_provision up|down TEMPLATE HOST IMAGES DATA AGENT             the whole command
//
// Prints the milliseconds that it took.

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <string>
#include <vector>

#include "orchestrator/libvirt/files.hpp"
#include "orchestrator/libvirt/libvirt_hypervisor.hpp"
#include "orchestrator/libvirt/network_xml.hpp"
#include "orchestrator/plan/make.hpp"
#include "orchestrator/range/range.hpp"
#include "orchestrator/template/load.hpp"

using namespace testudo;
namespace fs = std::filesystem;

namespace {

constexpr const char* seed = "bench";

int write(const range::Goal& goal, const libvirt::Host& host, const fs::path& directory) {
    fs::create_directories(directory / "networks");
    fs::create_directories(directory / "machines");
    for (const auto& network : goal.networks)
        std::ofstream(directory / "networks" / (network.name + ".xml")) << libvirt::network_xml(network);
    const libvirt::ImageStore images(host.images);
    libvirt::AgentStore agent(host.agent, host.data / "agent");
    const auto program = agent.directory();
    if (!program)
        return 1;
    for (const auto& machine : goal.machines) {
        const auto root = images.container_root(machine.spec.image);
        if (!root)
            return 1;
        std::ofstream(directory / "machines" / (machine.spec.name + ".xml"))
            << libvirt::container_xml(machine.spec, {*root, *program});
    }
    return 0;
}

// Everything of `up` that is done before an agent is spoken to.
class ObjectsOnly {
  public:
    ObjectsOnly(Loop& loop, range::Hypervisor& hypervisor, range::Journal& journal, const range::Goal& goal)
        : hypervisor_(hypervisor), goal_(goal), guests_(loop, hypervisor),
          executor_(loop, hypervisor, guests_, journal, goal, {}) {}

    void run(range::Range::Done done) {
        hypervisor_.list([this, done = std::move(done)](const Result<std::vector<range::Observed>>& observed) {
            auto steps = range::steps_up(goal_, *observed); // what is asked of agents stands at the end
            std::erase_if(steps, [](const auto& step) { return step.act == range::Step::Act::make_ready; });
            executor_.run(std::move(steps), {}, [done](range::Outcome outcome) { done(std::move(outcome)); });
        });
    }

  private:
    range::Hypervisor& hypervisor_;
    const range::Goal& goal_;
    range::Guests guests_;
    range::Executor executor_;
};

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv, argv + argc);
    if (words.size() < 7) {
        fmt::print(stderr,
                   "usage: bench_provision write|objects|up|down TEMPLATE HOST IMAGES DATA AGENT [DIRECTORY]\n");
        return 2;
    }
    auto loaded = template_::load(words[2]);
    const auto plan = plan::make(loaded.template_, loaded.diagnostics);
    if (!plan) {
        fmt::print(stderr, "{} does not plan\n", words[2]);
        return 1;
    }
    const auto host = libvirt::Host::private_host(words[3], words[4], words[5], words[6]);
    const auto goal = range::goal_of(*plan, seed);
    if (words[1] == "write")
        return write(goal, host, words.at(7));

    RealLoop loop;
    const auto begun = loop.clock().steady();
    auto hypervisor = libvirt::make_hypervisor(loop, host);
    const auto journal = range::Journal::open(fs::path(words[5]) / "journal", loop.clock());
    if (!journal) {
        fmt::print(stderr, "{}\n", journal.error().text());
        return 1;
    }
    range::Range range(loop, *hypervisor, **journal, *plan, seed);
    ObjectsOnly objects(loop, *hypervisor, **journal, goal);
    int status = 1;
    const auto done = [&](const Result<range::Outcome>& outcome) {
        if (!outcome)
            fmt::print(stderr, "{}\n", outcome.error().text());
        else
            for (const auto& failure : outcome->failures)
                fmt::print(stderr, "{}\n", describe(failure));
        status = outcome && outcome->ok() ? 0 : 1;
        loop.stop();
    };
    if (words[1] == "objects")
        objects.run(done);
    else if (words[1] == "up")
        range.up({}, {}, done);
    else
        range.down({}, done);
    loop.run();
    fmt::print("{}\n", (loop.clock().steady() - begun).count());
    return status;
}
