#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include "orchestrator/range/range.hpp"
#include "orchestrator/range/simulated_hypervisor.hpp"
#include "tests/plan/sample_plan.hpp"

// A simulated host in virtual time, with programs that come, are killed, and come again.
namespace testudo::range {

class World {
  public:
    // In memory where that can be had: a journal asks for each of its entries to be on disk.
    World()
        : directory_((std::filesystem::exists("/dev/shm") ? std::filesystem::path("/dev/shm")
                                                          : std::filesystem::temp_directory_path()) /
                     ("testudo-range-" + random_hex(6))) {
        std::filesystem::create_directories(directory_);
        start();
    }
    ~World() {
        kill();
        std::filesystem::remove_all(directory_);
    }

    // The program ends without a word: what it asked the host for still happens, and nobody hears of it.
    void kill() {
        range_.reset();
        hypervisor_.reset();
        journal_.reset();
    }
    void start() {
        hypervisor_ = std::make_unique<SimulatedHypervisor>(loop, host);
        auto journal = Journal::open(directory_ / "journal", loop.clock());
        if (!journal)
            throw std::runtime_error(journal.error().text());
        journal_ = std::move(*journal);
        range_ = std::make_unique<Range>(loop, *hypervisor_, *journal_, plan, "seed");
    }
    void restart() {
        kill();
        start();
    }

    Range& range() { return *range_; }
    Snapshots snapshots() const { return Snapshots(directory_ / "snapshots"); }
    Journal& journal() { return *journal_; }
    SimulatedHypervisor& hypervisor() { return *hypervisor_; }

    Outcome up() {
        return finish([this](auto done) {
            range_->up(
                {}, [this](const Progress& p) { last_progress = p; }, done);
        });
    }
    Outcome down() {
        return finish([this](auto done) { range_->down({}, done); });
    }
    Outcome finish(const std::function<void(Range::Done)>& command) {
        const auto outcome = std::make_shared<std::optional<Result<Outcome>>>();
        command([outcome](Result<Outcome> result) { *outcome = std::move(result); });
        for (int i = 0; i < 2'000 && !*outcome; ++i)
            loop.advance(Millis(500));
        if (!*outcome)
            throw std::runtime_error("the command did not end");
        if (!**outcome)
            throw std::runtime_error((*outcome)->error().text());
        return ***outcome;
    }

    VirtualLoop loop;
    SimulatedHost host{loop};
    plan::Plan plan = plan::sample_plan();
    Progress last_progress;

  private:
    std::filesystem::path directory_;
    std::unique_ptr<SimulatedHypervisor> hypervisor_;
    std::unique_ptr<Journal> journal_;
    std::unique_ptr<Range> range_;
};

} // namespace testudo::range
