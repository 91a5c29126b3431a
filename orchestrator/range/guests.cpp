#include "orchestrator/range/guests.hpp"

#include <fmt/format.h>
#include <utility>

#include "orchestrator/plan/secrets.hpp"

namespace testudo::range {

Guests::Guests(Loop& loop, Hypervisor& hypervisor, std::string_view seed)
    : loop_(loop), hypervisor_(hypervisor), seed_(seed) {}

Guests::~Guests() {
    for (auto& [machine, guest] : guests_)
        for (auto& [id, waiter] : guest.waiters)
            loop_.cancel(waiter.timer);
}

void Guests::add(const std::string& machine, const MachineRef& ref, std::string secret) {
    remove(machine);
    auto& guest = guests_[machine];
    guest.ref = ref;
    guest.session = std::make_unique<agents::GuestSession>(
        loop_, std::move(secret), machine, [this, ref](auto done) { hypervisor_.open_agent(ref, std::move(done)); },
        [this, machine](const agents::GuestSession::State& state) { take(machine, state); });
    guest.session->start();
}

void Guests::remove(const std::string& machine) {
    const auto it = guests_.find(machine);
    if (it == guests_.end())
        return;
    retire(it->second, machine);
    guests_.erase(it);
}

void Guests::retire(Guest& guest, const std::string& machine) {
    release(guest, fail("guest.gone", machine, "the machine is being removed"));
    guest.session->give_up("the machine is being removed");
    // The session may be what is calling us.
    loop_.post([session = std::shared_ptr(std::move(guest.session))] {});
}

void Guests::await(const std::string& machine, Millis timeout, std::function<void(Result<void>)> done) {
    const auto it = guests_.find(machine);
    if (it == guests_.end())
        return loop_.post([done = std::move(done), machine] {
            done(fail("guest.unreachable", machine, "nobody is looking for this machine's agent"));
        });
    auto& guest = it->second;
    if (guest.session->state().connected)
        return loop_.post([done = std::move(done)] { done({}); });
    const auto id = next_waiter_++;
    const auto timer = loop_.after(timeout, [this, machine, id, timeout] {
        auto& waiting = guests_.at(machine);
        const auto node = waiting.waiters.extract(id);
        const auto& reason = waiting.session->state().reason;
        node.mapped().done(fail("guest.timeout", machine,
                                fmt::format("its agent did not answer within {} s{}", timeout.count() / 1000,
                                            reason.empty() ? "" : "; the last that is known: " + reason)));
    });
    guest.waiters.emplace(id, Waiter{std::move(done), timer});
}

void Guests::release(Guest& guest, const Result<void>& result) {
    for (auto& [id, waiter] : std::exchange(guest.waiters, {})) {
        loop_.cancel(waiter.timer);
        loop_.post([done = std::move(waiter.done), result] { done(result); });
    }
}

void Guests::take(const std::string& machine, const agents::GuestSession::State& state) {
    const auto it = guests_.find(machine);
    if (it == guests_.end())
        return;
    auto& guest = it->second;
    if (state.connected) {
        guest.gone.clear();
        release(guest, {});
        tell(machine, guest, true, "");
    } else
        tell(machine, guest, false, guest.gone.empty() ? state.reason : guest.gone);
}

void Guests::tell(const std::string& machine, Guest& guest, bool connected, const std::string& reason) {
    if (std::exchange(guest.told, connected) == connected || !change_)
        return;
    loop_.post([this, machine, connected, reason] {
        if (change_)
            change_(machine, connected, reason);
    });
}

void Guests::vanished(const MachineRef& ref, const std::string& reason) {
    for (auto& [machine, guest] : guests_) {
        if (!(guest.ref == ref))
            continue;
        guest.gone = "the machine is gone: " + reason;
        release(guest, fail("guest.gone", machine, guest.gone));
        if (guest.session->state().connected)
            tell(machine, guest, false, guest.gone);
    }
}

void Guests::request(const std::string& machine, const std::string& op, json::object body, Millis timeout,
                     Reply reply) {
    const auto it = guests_.find(machine);
    if (it == guests_.end())
        return loop_.post([reply = std::move(reply), machine] {
            reply(fail("agent.away", machine, "nobody is looking for this machine's agent"));
        });
    if (!seed_.empty())
        body = std::move(plan::with_passwords_inside(seed_, std::move(body)).as_object());
    it->second.session->request(op, std::move(body), timeout, std::move(reply));
}

bool Guests::connected(const std::string& machine) const {
    const auto it = guests_.find(machine);
    return it != guests_.end() && it->second.session->state().connected;
}

} // namespace testudo::range
