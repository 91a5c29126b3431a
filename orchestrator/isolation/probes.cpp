#include "orchestrator/isolation/probes.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "orchestrator/plan/address.hpp"

namespace testudo::isolation {
namespace {

using plan::Interface;
using plan::Machine;
using plan::Plan;

int rank_of(const Machine& machine) {
    static const std::map<std::string, int, std::less<>> ranks{
        {"vantage", 0}, {"reference", 1}, {"team", 2}, {"red", 2}, {"router", 3}};
    const auto found = ranks.find(machine.role);
    return found == ranks.end() ? 2 : found->second;
}

const Interface* card_on(const Machine& machine, const std::string& segment) {
    for (const auto& card : machine.interfaces)
        if (card.segment == segment)
            return &card;
    return nullptr;
}

// Who speaks for the segment, of those that `may`.
template <class May> const Machine* speaker_of(const Plan& plan, const std::string& segment, May may) {
    const Machine* best = nullptr;
    for (const auto& machine : plan.machines)
        if (card_on(machine, segment) && may(machine) && (!best || rank_of(machine) < rank_of(*best)))
            best = &machine;
    return best;
}

// Of a service that should be running there, else none.
std::uint16_t port_of(const Machine& machine) {
    for (const auto& service : machine.services)
        if (service.port != 0)
            return service.port;
    return 0;
}

std::vector<std::string> addresses_of(const Interface& card) {
    std::vector<std::string> out;
    for (const auto& address : {card.ipv4, card.ipv6})
        if (!address.empty())
            out.push_back(plan::without_length(address));
    return out;
}

class Survey {
  public:
    Survey(const Plan& plan, const std::vector<Outside>& outside) : plan_(plan), outside_(outside) {}

    std::vector<Probe> all() && {
        for (const auto& segment : plan_.segments)
            if (const auto* speaker = speaker_of(plan_, segment.id, [](const Machine&) { return true; })) {
                out_.push_back({Probe::Kind::strangers, speaker->id, segment.id, "", 0,
                                fmt::format("only its own machines are on {}", segment.id)});
                to_outside(*speaker);
                trial_on(segment);
            }
        for (const auto& from : plan_.teams)
            if (from.colour == "blue")
                from_team(from.id);
        paths();
        return std::move(out_);
    }

  private:
    void to_outside(const Machine& speaker) {
        if (!asked_outside_.insert(speaker.id).second)
            return;
        for (const auto& place : outside_)
            out_.push_back({Probe::Kind::outside, speaker.id, place.what, place.address, place.port,
                            fmt::format("no way leads from the range to {}", place.what)});
    }

    // A router's sources are not judged: it sends on what others wrote.
    void trial_on(const plan::Segment& segment) {
        const auto* sender = speaker_of(plan_, segment.id, [](const Machine& machine) { return !machine.forwards; });
        if (!sender)
            return;
        const auto* receiver = speaker_of(plan_, segment.id, [&](const Machine& one) { return &one != sender; });
        if (!receiver)
            return;
        const auto* listener =
            speaker_of(plan_, segment.id, [&](const Machine& one) { return &one != sender && &one != receiver; });
        const auto add = [&](const char* frame, const char* what) {
            out_.push_back({Probe::Kind::forgery, sender->id, receiver->id, "", 0,
                            fmt::format("nothing with {} arrives on {}", what, segment.id), segment.id, frame});
        };
        add("forged-ethernet", "a forged Ethernet address");
        if (!segment.ipv4.empty()) {
            add("forged-arp", "a forged address in ARP");
            add("forged-source-ipv4", "a forged IPv4 source");
        }
        if (!segment.ipv6.empty()) {
            add("forged-neighbour", "a forged neighbour advertisement");
            add("forged-source-ipv6", "a forged IPv6 source");
        }
        if (listener)
            out_.push_back({Probe::Kind::listening, listener->id, receiver->id, "", 0,
                            fmt::format("what {} sends to {} is not for others", sender->id, receiver->id), segment.id,
                            "honest"});
    }

    void from_team(const std::string& team) {
        std::size_t turn = 0;
        for (const auto& segment : plan_.segments) {
            const auto* speaker =
                speaker_of(plan_, segment.id, [&team](const Machine& machine) { return machine.team == team; });
            if (!speaker)
                continue;
            for (const auto& other : plan_.teams)
                if (other.colour == "blue" && other.id != team)
                    to_team(*speaker, other.id, turn);
            ++turn;
        }
    }

    void to_team(const Machine& speaker, const std::string& team, std::size_t turn) {
        std::vector<const plan::Segment*> own;
        for (const auto& segment : plan_.segments)
            if (segment.team == team)
                own.push_back(&segment);
        if (own.empty())
            return; // all its segments are shared: there it may be met
        const auto& segment = *own[turn % own.size()];
        const auto* target = speaker_of(
            plan_, segment.id, [&team](const Machine& machine) { return machine.team == team && !machine.forwards; });
        if (!target)
            target = speaker_of(plan_, segment.id, [](const Machine&) { return true; });
        if (!target)
            return;
        const auto why = fmt::format("teams cannot reach each other: {} is on {}", target->id, segment.id);
        for (const auto& address : addresses_of(*card_on(*target, segment.id)))
            for (const auto port : std::set<std::uint16_t>{0, port_of(*target)})
                out_.push_back({Probe::Kind::team, speaker.id, target->id, address, port, why});
    }

    void paths() {
        for (const auto& check : plan_.checks)
            path(check.vantage, check.target, check.address, check.type == "icmp" ? std::uint16_t{0} : check.port,
                 fmt::format("the check {} asks there", check.id));
        for (const auto& inject : plan_.injects)
            for (const auto& target : inject.targets)
                if (const auto port = port_of_act(inject.action, target.params); port && !target.address.empty())
                    path(target.agent, target.target, target.address, *port,
                         fmt::format("the inject {} goes there", inject.id));
    }

    // None: the action names none, and an echo may well be forbidden.
    static std::optional<std::uint16_t> port_of_act(const std::string& action, const json::object& params) {
        auto port = int_or(params, "port", action == "guess-password" ? 22 : action == "write-register" ? 502 : 0);
        if (const auto& ports = array_or_empty(params, "ports"); !ports.empty() && ports.front().is_int64())
            port = ports.front().get_int64();
        if (port <= 0 || port > 65'535)
            return std::nullopt;
        return static_cast<std::uint16_t>(port);
    }

    void path(const std::string& from, const std::string& to, const std::string& address, std::uint16_t port,
              std::string why) {
        if (from != to && known_paths_.insert(fmt::format("{} {} {}", from, address, port)).second)
            out_.push_back({Probe::Kind::path, from, to, address, port, std::move(why)});
    }

    const Plan& plan_;
    const std::vector<Outside>& outside_;
    std::vector<Probe> out_;
    std::set<std::string> asked_outside_;
    std::set<std::string> known_paths_;
};

} // namespace

std::string_view word_of(Probe::Kind kind) {
    switch (kind) {
    case Probe::Kind::strangers:
        return "strangers";
    case Probe::Kind::team:
        return "team";
    case Probe::Kind::outside:
        return "outside";
    case Probe::Kind::forgery:
        return "forgery";
    case Probe::Kind::listening:
        return "listening";
    case Probe::Kind::path:
        break;
    }
    return "path";
}

std::vector<Probe> probes_of(const Plan& plan, const std::vector<Outside>& outside) {
    return Survey(plan, outside).all();
}

} // namespace testudo::isolation
