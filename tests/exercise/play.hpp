#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "orchestrator/exercise/engine.hpp"
#include "orchestrator/exercise/replay.hpp"
#include "orchestrator/exercise/view.hpp"
#include "tests/exercise/fake_guests.hpp"
#include "tests/plan/sample_plan.hpp"

namespace testudo::exercise {

// The sample plan played in virtual time against fake machines. The log outlives the engine, so that a crash is
// `crash()`.
class Play {
  public:
    explicit Play(plan::Plan plan = plan::sample_plan()) : plan_(std::move(plan)), guests(loop) {
        for (const auto& m : plan_.machines)
            if (m.name == "portal")
                guests.served[m.id] = m.interfaces.front().ipv4.substr(0, m.interfaces.front().ipv4.find('/'));
    }

    // A new controller on the log as it is.
    void open() {
        engine = std::make_unique<Engine>(loop, plan_, store, guests, Engine::Origin{"range.yaml", "test"});
        engine->on_events([this](const std::vector<Event>& events) {
            for (const auto& event : events) {
                if (!live)
                    live.emplace(*Projection::from(event));
                else
                    live->apply(event);
            }
        });
        const auto opened = engine->open();
        ASSERT_TRUE(opened) << opened.error().text();
        loop.advance(Millis(0));
    }
    void begin() {
        open();
        const auto started = engine->start("white");
        ASSERT_TRUE(started) << started.error().text();
        loop.drain();
    }
    void crash() {
        loop.drain();
        engine.reset();
    }
    void run_to(Millis exercise) { loop.advance(exercise - engine->now()); }

    std::int64_t total(const std::string& team) const { return engine->projection().scores().total_milli(team); }
    std::string stage_of(const std::string& inject, const std::string& team) const {
        return std::string(word_of(engine->projection().state().inject(inject, team)->stage));
    }
    std::string state_of(const std::string& check) const {
        return std::string(scoring::word_of(engine->projection().scores().status(check)->verdict));
    }
    std::vector<Event> log() const {
        std::vector<Event> out;
        (void)store.read(1, [&](const Event& e) { return out.push_back(e), true; });
        return out;
    }
    std::size_t count(const std::string& kind) const {
        std::size_t n = 0;
        for (const auto& e : log())
            n += e.kind == kind;
        return n;
    }

  private:
    plan::Plan plan_;

  public:
    VirtualLoop loop;
    MemoryEventStore store;
    FakeGuests guests;
    std::unique_ptr<Engine> engine;
    std::optional<Projection> live; // folded from the observer's batches, as a server would
};

inline const Audience white{"white", ""};

} // namespace testudo::exercise
