#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/core/loop.hpp"
#include "orchestrator/exercise/guests.hpp"

namespace testudo::exercise {

// A small world of machines whose services and effects a test breaks and mends by hand. Answers come after `latency`.
// It knows actions as an attacker sees them: an act leaves its effect on the target until mend(target, action).
class FakeGuests final : public Guests {
  public:
    explicit FakeGuests(Loop& loop) : loop_(loop) {}

    Millis latency{5};
    // What a probe of this address comes back with, instead of "pass".
    struct Outcome {
        std::string result;
        std::string reason;
    };
    std::map<std::string, Outcome> broken;
    // An action that holds on a machine breaks these addresses: machine -> address.
    std::map<std::string, std::string> served;
    // Machines whose answers are swallowed: requests run into their timeout.
    std::set<std::string> mute;
    // Machines that nobody has set up yet, though their agents answer.
    std::set<std::string> bare;
    std::set<std::string> failing_actions;
    struct Sent {
        std::string machine;
        std::string op;
        json::object body;
    };
    std::vector<Sent> sent;

    void request(const std::string& machine, const std::string& op, json::object body, Millis timeout,
                 Reply reply) override {
        sent.push_back({machine, op, body});
        if (away_.contains(machine)) {
            later(Millis(0), [reply, machine] { reply(fail("agent.away", machine, "the agent is away")); });
            return;
        }
        const bool swallowed = mute.contains(machine);
        // Signs of life come at once, so that a play begins at its own time zero.
        const auto delay = swallowed ? timeout : op == "status" ? Millis(0) : latency;
        later(delay, [this, reply, machine, op, body, swallowed] {
            if (away_.contains(machine))
                return reply(fail("agent.lost", machine, "the connection broke"));
            auto result = answer(machine, op, body);
            if (swallowed)
                return reply(fail("agent.timeout", machine, "no answer in time"));
            reply(std::move(result));
        });
    }

    bool connected(const std::string& machine) const override { return !away_.contains(machine); }
    void on_change(Change change) override { change_ = std::move(change); }

    void lose(const std::string& machine, const std::string& reason = "the machine is gone") {
        away_.insert(machine);
        later(Millis(0), [this, machine, reason] { tell(machine, false, reason); });
    }
    void bring_back(const std::string& machine) {
        away_.erase(machine);
        later(Millis(0), [this, machine] { tell(machine, true, ""); });
    }
    void mend(const std::string& machine, const std::string& action) { effects_.erase({machine, action}); }
    bool holds(const std::string& machine, const std::string& action) const {
        return effects_.contains({machine, action});
    }
    std::size_t count(const std::string& op) const {
        std::size_t n = 0;
        for (const auto& s : sent)
            n += s.op == op;
        return n;
    }

  private:
    // By way of a timer, so that nothing is called back from inside a call.
    void later(Millis delay, Loop::Task task) {
        loop_.after(delay, [task = std::move(task), weak = std::weak_ptr(alive_)] {
            if (!weak.expired())
                task();
        });
    }
    void tell(const std::string& machine, bool connected, const std::string& reason) const {
        if (change_)
            change_(machine, connected, reason);
    }

    Result<json::object> answer(const std::string& machine, const std::string& op, const json::object& body) {
        if (op == "act") {
            const auto act = text_or(body, "act");
            if (const auto done = acts_.find(act); done != acts_.end())
                return done->second;
            const auto action = text_or(body, "action");
            const bool works = !failing_actions.contains(action);
            if (works)
                effects_.insert({machine, action});
            return acts_[act] = {
                       {"outcome", works ? "ok" : "failed"}, {"evidence", action + " was tried"}, {"detail", ""}};
        }
        if (op == "status")
            return json::object{{"machine", machine}, {"personalised", !bare.contains(machine)}};
        if (op == "inspect")
            return json::object{{"holds", holds(machine, text_or(body, "action"))}, {"evidence", "looked at"}};
        if (op == "probe") {
            const auto address = text_or(body, "address");
            if (const auto it = broken.find(address); it != broken.end())
                return probe_result(it->second);
            for (const auto& [victim, action] : effects_)
                if (const auto it = served.find(victim); it != served.end() && it->second == address)
                    return probe_result({"wrong", "the page is not the one expected"});
            return probe_result({"pass", ""});
        }
        return fail("refused.unknown", machine, "no such request");
    }
    static json::object probe_result(const Outcome& outcome) {
        return {{"result", outcome.result}, {"reason", outcome.reason}, {"connect_us", 400}, {"total_us", 900}};
    }

    Loop& loop_;
    Change change_;
    std::set<std::string> away_;
    std::set<std::pair<std::string, std::string>> effects_; // machine, action
    std::map<std::string, json::object> acts_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

} // namespace testudo::exercise
