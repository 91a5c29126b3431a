#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "orchestrator/core/loop.hpp"
#include "orchestrator/exercise/guests.hpp"
#include "orchestrator/plan/plan.hpp"

namespace testudo::rehearse {

// The machines of a rehearsal: all of them there and set up, every act succeeds, and its effect holds until mend().
// Nobody looks every ten seconds whether an effect still holds: the second look is answered when it is gone, at the
// moment at which the real look would have found that, so days with thousands of effects cost nothing.
class World final : public exercise::Guests {
  public:
    World(Loop& loop, const plan::Plan& plan);

    // An act left its effect on a machine of the team. May not call back.
    using TookHold =
        std::function<void(const plan::Inject& inject, const std::string& team, const std::string& effect)>;
    void on_effect(TookHold observer) { took_hold_ = std::move(observer); }
    void mend(const std::string& effect);

    void request(const std::string& machine, const std::string& op, json::object body, Millis timeout,
                 Reply reply) override;
    bool connected(const std::string& machine) const override { return machines_.contains(machine); }
    void on_change(Change change) override { change_ = std::move(change); }

  private:
    struct Effect {
        std::string machine;
        std::string action;
        json::object params;
        int unseen = 0;                                  // acts whose first look is still to come
        std::vector<std::pair<SteadyTime, Reply>> looks; // that wait for its end
    };
    json::object act(const std::string& machine, const json::object& body);
    json::object probe(const json::object& body) const;
    void inspect(const std::string& machine, const json::object& body, Reply reply);
    void answer(Millis delay, Reply reply, json::object result);
    static std::string name_of(const std::string& machine, const json::object& body);

    Loop& loop_;
    const plan::Plan& plan_;
    Change change_;
    TookHold took_hold_;
    std::unordered_map<std::string, const plan::Machine*> machines_;
    std::unordered_map<std::string, const plan::Machine*> addresses_;
    std::map<std::string, Effect> effects_;
    std::unordered_map<std::string, std::vector<std::string>> holding_; // machine -> effects
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);             // timers hold it weakly
};

} // namespace testudo::rehearse
