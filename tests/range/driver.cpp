// A program that brings the small plan up or takes it down on a real host, to be run, and killed, by tests.
//
//   range_driver up|down|reset|steps EXERCISE HOST IMAGES DATA AGENT JOURNAL [vm]
//
// Prints what it does, then "changed N kept N failed N", and answers 0 if nothing failed.

#include <cstdio>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "orchestrator/libvirt/libvirt_hypervisor.hpp"
#include "orchestrator/range/range.hpp"
#include "tests/range/small_plan.hpp"

using namespace testudo;

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv, argv + argc);
    if (words.size() < 8) {
        fmt::print(stderr, "usage: range_driver up|down|reset|steps EXERCISE HOST IMAGES DATA AGENT JOURNAL [vm]\n");
        return 2;
    }
    RealLoop loop;
    auto hypervisor =
        libvirt::make_hypervisor(loop, libvirt::Host::private_host(words[3], words[4], words[5], words[6]));
    auto journal = range::Journal::open(words[7], loop.clock());
    if (!journal) {
        fmt::print(stderr, "{}\n", journal.error().text());
        return 1;
    }
    int status = 1;
    {
        range::Range range(loop, *hypervisor, **journal, plan::small_plan(words[2], words.size() > 8), "seed");
        const auto begun = loop.clock().steady();
        const auto progress = [&, last = std::string()](const range::Progress& p) mutable {
            if (p.last == std::exchange(last, p.last))
                return;
            fmt::print("{:6.2f} s  {}/{}  {} (waiting for {}; {} s left)\n",
                       static_cast<double>((loop.clock().steady() - begun).count()) / 1000, p.done, p.total, p.last,
                       p.waiting.empty() ? "nothing" : p.waiting.front(), (p.left.count() + 999) / 1000);
            std::fflush(stdout);
        };
        const auto done = [&](Result<range::Outcome> outcome) {
            if (!outcome)
                fmt::print("{}\n", outcome.error().text());
            else {
                for (const auto& failure : outcome->failures)
                    fmt::print("{}\n", describe(failure));
                fmt::print("changed {} kept {} failed {}\n", outcome->changed, outcome->kept, outcome->failures.size());
                status = outcome->ok() ? 0 : 1;
            }
            loop.stop();
        };
        if (words[1] == "up")
            range.up({}, progress, done);
        else if (words[1] == "down")
            range.down(progress, done);
        else if (words[1] == "reset")
            range.reset({"portal@north"}, progress, done);
        else
            range.steps([&](Result<std::vector<range::Step>> steps) {
                for (const auto& step : *steps)
                    fmt::print("{}\n", describe(step));
                status = 0;
                loop.stop();
            });
        loop.run();
    }
    return status;
}
