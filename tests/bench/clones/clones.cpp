// How long a virtual machine takes until its agent answers as that machine: booted from its image, cloned, and restored
// from a file of its own by libvirt alone, which is the floor. Then twelve clones at once, and what one holds of
// memory.
//
//   deploy/range-host start --dir DIR --data DATA/range-host
//   bench_clones DIR IMAGES DATA AGENT [ROUNDS]
//
// DATA is a folder of its own; what is in DATA/golden is used. Times are medians.

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <optional>
#include <stdexcept>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/libvirt/handles.hpp"
#include "orchestrator/libvirt/libvirt_hypervisor.hpp"
#include "orchestrator/range/goal.hpp"
#include "orchestrator/range/guests.hpp"
#include "orchestrator/range/range.hpp"
#include "tests/range/pump_loop.hpp"
#include "tests/range/small_plan.hpp"

using namespace testudo;

namespace {

constexpr Millis patience{300'000};
constexpr std::size_t at_once = 12;

class Bench {
  public:
    explicit Bench(libvirt::Host host) : host_(std::move(host)) {
        auto booting = host_;
        booting.clones = false;
        cloner_ = libvirt::make_hypervisor(loop_, host_);
        booter_ = libvirt::make_hypervisor(loop_, booting);
        goal_ = range::goal_of(plan::small_plan("bench", true), "seed");
        wait([&](auto done) {
            cloner_->list([done](const auto& listed) {
                done(listed ? Result<void>() : Result<void>(tl::unexpected(listed.error())));
            });
        });
        for (const auto& network : goal_.networks)
            wait([&](auto done) { cloner_->create_network(network, done); });
    }
    ~Bench() {
        for (const auto& network : goal_.networks)
            wait([&](auto done) {
                cloner_->destroy({range::ObjectKind::network, {}, network.mark, network.name, network.uuid, true, ""},
                                 done);
            });
    }

    // The machine's own like, with names and addresses of its own.
    range::MachineSpec spec(std::size_t i) const {
        auto spec = goal_.machine("plc@north")->spec;
        const auto own = fmt::format("bench{}", i);
        spec.mark.object = own;
        spec.name = "tst-" + own;
        spec.uuid = uuid_of(own);
        spec.secret = short_hash(own, 64);
        for (auto& nic : spec.nics) {
            nic.device = "tv" + short_hash(own, 10);
            nic.mac = mac_of(own);
        }
        return spec;
    }

    double cold() { return made({spec(0)}, *booter_); }
    double cloned(std::size_t count) {
        std::vector<range::MachineSpec> specs;
        for (std::size_t i = 0; i < count; ++i)
            specs.push_back(spec(i));
        return made(specs, *cloner_);
    }
    // Saved by libvirt and restored by it, as it is.
    double restored() {
        const auto machine = spec(0);
        create({machine}, *cloner_);
        await({machine}, *cloner_);
        const auto file = host_.data / "bench-state";
        const libvirt::Connect connection(virConnectOpen(host_.qemu_uri.c_str()));
        const libvirt::Domain domain(virDomainLookupByName(connection.get(), machine.name.c_str()));
        if (!domain || virDomainSave(domain.get(), file.c_str()) != 0)
            throw std::runtime_error(virGetLastErrorMessage());
        const auto begun = loop_.clock().steady();
        if (virDomainRestore(connection.get(), file.c_str()) != 0)
            throw std::runtime_error(virGetLastErrorMessage());
        await({machine}, *cloner_);
        const auto took = since(begun);
        remove({machine});
        std::filesystem::remove(file);
        return took;
    }
    // The call that saves a machine; its interruption is a part of that.
    double saved(double& woken) {
        const auto machine = spec(0);
        create({machine}, *cloner_);
        await({machine}, *cloner_);
        auto begun = loop_.clock().steady();
        wait([&](auto done) { cloner_->save_machine(ref_of(machine), "bench", done); });
        const auto took = since(begun);
        remove({machine});
        begun = loop_.clock().steady();
        wait([&](auto done) { cloner_->restore_machine(machine, "bench", done); });
        await({machine}, *cloner_);
        woken = since(begun);
        remove({machine});
        wait([&](auto done) { cloner_->forget_snapshot(ref_of(machine), "bench", done); });
        return took;
    }
    // From the command to a machine that is set up.
    double reset() {
        const auto journal = std::move(*range::Journal::open(host_.data / "bench-journal", loop_.clock()));
        range::Range range(loop_, *cloner_, *journal, plan::small_plan("reset", true), "seed");
        command([&](auto done) { range.up({}, {}, done); });
        const auto begun = loop_.clock().steady();
        command([&](auto done) { range.reset({"plc@north"}, {}, done); });
        const auto took = since(begun);
        command([&](auto done) { range.down({}, done); });
        return took;
    }
    // Of a clone that has been idle for a while, in MiB.
    double idle_memory(double& processor_share) {
        const auto machine = spec(0);
        create({machine}, *cloner_);
        await({machine}, *cloner_);
        loop_.run_until([] { return false; }, Millis(5'000));
        const auto before = processor_seconds(machine);
        loop_.run_until([] { return false; }, Millis(20'000));
        processor_share = (processor_seconds(machine) - before) / 20;
        const libvirt::Connect connection(virConnectOpen(host_.qemu_uri.c_str()));
        const libvirt::Domain domain(virDomainLookupByName(connection.get(), machine.name.c_str()));
        std::array<virDomainMemoryStatStruct, VIR_DOMAIN_MEMORY_STAT_NR> stats{};
        const int count = virDomainMemoryStats(domain.get(), stats.data(), stats.size(), 0);
        double mib = 0;
        for (int i = 0; i < count; ++i)
            if (stats[static_cast<std::size_t>(i)].tag == VIR_DOMAIN_MEMORY_STAT_RSS)
                mib = static_cast<double>(stats[static_cast<std::size_t>(i)].val) / 1024;
        remove({machine});
        return mib;
    }

  private:
    using Specs = std::vector<range::MachineSpec>;

    double since(SteadyTime begun) const {
        return static_cast<double>((loop_.clock().steady() - begun).count()) / 1000;
    }

    void wait(const std::function<void(range::Hypervisor::Done<void>)>& call) {
        std::optional<Result<void>> result;
        call([&](Result<void> r) { result = std::move(r); });
        if (!loop_.run_until([&] { return result.has_value(); }, patience))
            throw std::runtime_error("no answer");
        if (!*result)
            throw std::runtime_error(result->error().text());
    }
    void command(const std::function<void(range::Range::Done)>& call) {
        wait([&](auto done) {
            call([done](const Result<range::Outcome>& outcome) {
                if (outcome && !outcome->ok())
                    return done(tl::unexpected(outcome->failures.front().error));
                done(outcome ? Result<void>() : Result<void>(tl::unexpected(outcome.error())));
            });
        });
    }
    void create(const Specs& specs, range::Hypervisor& hypervisor) {
        std::size_t done = 0;
        for (const auto& spec : specs)
            hypervisor.create_machine(spec, [&done](const Result<void>& result) {
                if (!result)
                    throw std::runtime_error(result.error().text());
                ++done;
            });
        loop_.run_until([&] { return done == specs.size(); }, patience);
    }
    void await(const Specs& specs, range::Hypervisor& hypervisor) {
        range::Guests guests(loop_, hypervisor);
        for (const auto& spec : specs)
            guests.add(spec.mark.object, ref_of(spec), spec.secret);
        for (const auto& spec : specs)
            wait([&](auto done) { guests.await(spec.mark.object, patience, done); });
    }
    void remove(const Specs& specs) {
        for (const auto& spec : specs)
            wait([&](auto done) {
                cloner_->destroy({range::ObjectKind::machine, spec.kind, spec.mark, spec.name, spec.uuid, true, ""},
                                 done);
            });
    }
    // Each one's agent is looked for as soon as that machine is there.
    double made(const Specs& specs, range::Hypervisor& hypervisor) {
        double took = 0;
        {
            range::Guests guests(loop_, hypervisor);
            std::size_t ready = 0;
            const auto begun = loop_.clock().steady();
            for (const auto& spec : specs)
                hypervisor.create_machine(spec, [&, spec](const Result<void>& result) {
                    if (!result)
                        throw std::runtime_error(result.error().text());
                    guests.add(spec.mark.object, ref_of(spec), spec.secret);
                    guests.await(spec.mark.object, patience, [&ready](const Result<void>& answered) {
                        if (!answered)
                            throw std::runtime_error(answered.error().text());
                        ++ready;
                    });
                });
            loop_.run_until([&] { return ready == specs.size(); }, patience);
            took = since(begun);
        }
        remove(specs);
        return took;
    }
    double processor_seconds(const range::MachineSpec& spec) const {
        const libvirt::Connect connection(virConnectOpen(host_.qemu_uri.c_str()));
        const libvirt::Domain domain(virDomainLookupByName(connection.get(), spec.name.c_str()));
        virDomainInfo info{};
        virDomainGetInfo(domain.get(), &info);
        return static_cast<double>(info.cpuTime) / 1e9;
    }

    PumpLoop loop_;
    libvirt::Host host_;
    std::unique_ptr<range::Hypervisor> cloner_;
    std::unique_ptr<range::Hypervisor> booter_;
    range::Goal goal_;
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv, argv + argc);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    if (words.size() < 5) {
        fmt::print(stderr, "usage: bench_clones DIR IMAGES DATA AGENT [ROUNDS]\n");
        return 2;
    }
    const std::size_t rounds = words.size() > 5 ? std::stoul(words[5]) : 5;
    Bench bench(libvirt::Host::private_host(words[1], words[2], words[3], words[4]));
    std::string load;
    std::getline(std::ifstream("/proc/loadavg"), load);
    fmt::print("load before: {}\n", load);
    const auto first = bench.cloned(1);
    fmt::print("the first clone, with its golden machine if there was none: {:.2f} s\n", first);
    std::vector<double> clones;
    std::vector<double> restores;
    std::vector<double> dozens;
    for (std::size_t i = 0; i < rounds; ++i) {
        restores.push_back(bench.restored());
        clones.push_back(bench.cloned(1));
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(rounds, 3); ++i)
        dozens.push_back(bench.cloned(at_once));
    const auto cold = bench.cold();
    const auto floor = median(restores);
    const auto clone = median(clones);
    const auto dozen = median(dozens);
    fmt::print("bare restore      {:6.2f} s  the floor\n", floor);
    fmt::print("clone             {:6.2f} s  {:.2f} times the floor\n", clone, clone / floor);
    fmt::print("cold boot         {:6.2f} s  {:.2f} times the floor, {:.1f} times a clone\n", cold, cold / floor,
               cold / clone);
    fmt::print("{} clones at once {:6.2f} s  {:.2f} s each\n", at_once, dozen, dozen / at_once);
    std::vector<double> resets;
    for (std::size_t i = 0; i < std::min<std::size_t>(rounds, 3); ++i)
        resets.push_back(bench.reset());
    fmt::print("reset             {:6.2f} s  removed, made anew and set up\n", median(resets));
    std::vector<double> saves;
    std::vector<double> wakings(rounds);
    for (std::size_t i = 0; i < rounds; ++i)
        saves.push_back(bench.saved(wakings[i]));
    fmt::print("saving            {:6.2f} s  the machine stands still for less\n", median(saves));
    fmt::print("restoring         {:6.2f} s  {:.2f} times the floor\n", median(wakings), median(wakings) / floor);
    double share = 0;
    const auto memory = bench.idle_memory(share);
    fmt::print("an idle clone     {:6.0f} MiB of the host's memory, {:.1f} % of a processor\n", memory, 100 * share);
}
