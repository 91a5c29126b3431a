// How long a rehearsal takes, against the least that it could take: folding its events once, as a replay does, without
// anybody who decides what happens next. Both are measured in turn in one run and as processor time.
//
//     bench_rehearse FILE [rounds]        a template; 3 rounds unless told; the best of each counts
//
// Exits with 1 if the bound is not kept, so a script may rely on its end. Build it with the preset `release`.

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <vector>

#include "orchestrator/exercise/engine.hpp"
#include "orchestrator/plan/make.hpp"
#include "orchestrator/rehearse/pace.hpp"
#include "orchestrator/rehearse/players.hpp"
#include "orchestrator/rehearse/rehearsal.hpp"
#include "orchestrator/template/load.hpp"

using namespace testudo;

namespace {

constexpr double most_ratio = 6;

class KeepingStore final : public EventStore {
  public:
    Result<std::uint64_t> append(std::vector<Event>& events) override {
        const auto first = kept.size() + 1;
        for (auto& event : events) {
            event.seq = kept.size() + 1;
            kept.push_back(event);
        }
        return first;
    }
    Result<void> read(std::uint64_t /*from*/, const std::function<bool(const Event&)>& /*each*/) const override {
        return {};
    }
    std::uint64_t last_seq() const override { return kept.size(); }
    std::string head() const override { return std::string(chain_start); }

    std::vector<Event> kept;
};

// The events of one rehearsal.
std::vector<Event> events_of(const plan::Plan& plan) {
    VirtualLoop loop;
    KeepingStore store;
    rehearse::World world(loop, plan);
    exercise::Engine engine(loop, plan, store, world, {plan.exercise, "rehearsal"});
    rehearse::Players players(loop, engine, world, plan, rehearse::Behaviour::average);
    engine.on_events([&](const std::vector<Event>& events) {
        for (const auto& event : events)
            players.see(event);
    });
    if (!engine.open())
        return {};
    loop.drain();
    if (!engine.start("the rehearsal"))
        return {};
    players.begin();
    loop.advance(plan.duration + Millis(1'000));
    return std::move(store.kept);
}

double seconds(const std::function<void()>& run) {
    const auto begin = std::clock();
    run();
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "bench_rehearse FILE [rounds]\n");
        return 2;
    }
    const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
    auto loaded = template_::load(argv[1]);
    const auto whole = plan::make(loaded.template_, loaded.diagnostics);
    if (!whole) {
        fmt::print(stderr, "bench_rehearse: {} gives no plan\n", argv[1]);
        return 2;
    }
    rehearse::Pace pace;
    const auto plan = rehearse::at_pace(*whole, rehearse::most_probes, pace);
    const auto events = events_of(plan);
    if (events.empty()) {
        fmt::print(stderr, "bench_rehearse: {} could not be rehearsed\n", argv[1]);
        return 2;
    }
    double folded = std::numeric_limits<double>::max();
    double played = folded;
    for (int i = 0; i < rounds; ++i) {
        folded = std::min(folded, seconds([&] {
                              exercise::Projection projection(std::make_shared<const plan::Plan>(plan));
                              for (const auto& event : events)
                                  projection.apply(event);
                          }));
        played = std::min(played, seconds([&] { (void)rehearse::play(plan, rehearse::Behaviour::average); }));
    }
    const auto ratio = played / std::max(folded, 1e-6);
    fmt::print("{}: {} events of one rehearsal, folded {:.3f} s, rehearsed {:.3f} s\n", plan.exercise, events.size(),
               folded, played);
    fmt::print("{:<58} {:>8.3f} {:<4} (at most {} x){}\n", "one rehearsal, against folding its events alone", ratio,
               "x", most_ratio, ratio <= most_ratio ? "" : "  NOT KEPT");
    return ratio <= most_ratio ? 0 : 1;
}
