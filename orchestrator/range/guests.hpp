#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agents/protocol/guest_session.hpp"
#include "orchestrator/core/loop.hpp"
#include "orchestrator/exercise/guests.hpp"
#include "orchestrator/range/hypervisor.hpp"

namespace testudo::range {

// Keeps one session per machine, over channels that the hypervisor opens.
class Guests final : public exercise::Guests {
  public:
    // Passwords that the plan leaves open are filled in from `seed`, on the way to the agent and nowhere before.
    Guests(Loop& loop, Hypervisor& hypervisor, std::string_view seed = "");
    ~Guests() override;

    // Begins to look for the machine's agent; a machine that is known already is looked for anew.
    void add(const std::string& machine, const MachineRef& ref, std::string secret);
    void remove(const std::string& machine);
    // Calls `done` once: when the agent is connected, or with "guest.timeout", "guest.unreachable" (not added),
    // "guest.gone" (the machine stopped running meanwhile).
    void await(const std::string& machine, Millis timeout, std::function<void(Result<void>)> done);
    // The hypervisor says that the machine is gone: its reason is better than that of a broken channel.
    void vanished(const MachineRef& ref, const std::string& reason);

    void request(const std::string& machine, const std::string& op, json::object body, Millis timeout,
                 Reply reply) override;
    bool connected(const std::string& machine) const override;
    void on_change(Change change) override { change_ = std::move(change); }

  private:
    struct Waiter {
        std::function<void(Result<void>)> done;
        TimerId timer = 0;
    };
    struct Guest {
        MachineRef ref;
        std::unique_ptr<agents::GuestSession> session;
        std::string gone;  // why, once the hypervisor said so
        bool told = false; // the last that on_change was told
        std::map<std::uint64_t, Waiter> waiters;
    };

    void take(const std::string& machine, const agents::GuestSession::State& state);
    void tell(const std::string& machine, Guest& guest, bool connected, const std::string& reason);
    void release(Guest& guest, const Result<void>& result);
    void retire(Guest& guest, const std::string& machine);

    Loop& loop_;
    Hypervisor& hypervisor_;
    std::string seed_;
    std::map<std::string, Guest> guests_;
    Change change_;
    std::uint64_t next_waiter_ = 1;
};

} // namespace testudo::range
