#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/exercise/engine.hpp"
#include "orchestrator/rehearse/behaviour.hpp"
#include "orchestrator/rehearse/world.hpp"

namespace testudo::rehearse {

// A controller reads one report at a time, so long each.
inline constexpr Millis reading_time{180'000};

// True if nothing but a controller's hand makes the condition true.
bool needs_a_hand(const plan::When& when);
// When the simulated controllers fire the injects that need a hand: the k-th of n after k/(n+1) of the exercise.
std::vector<std::pair<const plan::Inject*, Millis>> hand_fired(const plan::Plan& plan);

// The people of a rehearsal: the teams repair and report as the behaviour says, and controllers fire what needs a hand
// and grade what was filed.
class Players {
  public:
    Players(Loop& loop, exercise::Engine& engine, World& world, const plan::Plan& plan, Behaviour behaviour);
    // At STARTEX.
    void begin();
    // Told of each event; acts later.
    void see(const Event& event);
    // Reports lie unread.
    bool busy() const;

  private:
    void file(const plan::Inject& inject, const std::string& team, const std::string& message);
    void take_up(const std::string& controller);
    void grade(const std::string& report);
    void later(Millis delay, Loop::Task task);
    const plan::Inject* inject_of(const std::string& message) const;

    Loop& loop_;
    exercise::Engine& engine_;
    World& world_;
    const plan::Plan& plan_;
    Behaviour behaviour_;
    std::map<std::string, const plan::Inject*> asked_;      // message -> inject
    std::map<std::string, std::deque<std::string>> unread_; // controller -> reports, the first being read
    std::shared_ptr<int> alive_ = std::make_shared<int>(0); // timers hold it weakly
};

} // namespace testudo::rehearse
