#include "orchestrator/import/building.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

#include "orchestrator/import/images.hpp"
#include "orchestrator/import/quantities.hpp"

namespace testudo::import_ {

namespace {

template <class Part> std::size_t add(std::vector<Part>& parts, std::string name, Span span, const Item* origin) {
    Part part;
    part.name = std::move(name);
    part.span = std::move(span);
    if (origin)
        part.origins.push_back(origin);
    parts.push_back(std::move(part));
    return parts.size() - 1;
}

template <class Part> std::optional<std::size_t> find(const std::vector<Part>& parts, std::string_view name) {
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (parts[i].name == name)
            return i;
    return std::nullopt;
}

} // namespace

std::size_t add_network(Draft& draft, std::string name, Span span, const Item* origin) {
    return add(draft.networks, std::move(name), std::move(span), origin);
}

std::size_t add_machine(Draft& draft, std::string name, Span span, const Item* origin) {
    return add(draft.machines, std::move(name), std::move(span), origin);
}

std::optional<std::size_t> find_network(const Draft& draft, std::string_view name) {
    return find(draft.networks, name);
}

std::optional<std::size_t> find_machine(const Draft& draft, std::string_view name) {
    return find(draft.machines, name);
}

void attach(Draft& draft, std::size_t machine, std::size_t network, Span span,
            const std::optional<plan::Prefix>& address) {
    Attachment on;
    on.network = network;
    on.span = std::move(span);
    if (address) {
        auto& known = address->base.v6 ? draft.networks[network].ipv6 : draft.networks[network].ipv4;
        (address->base.v6 ? on.ipv6 : on.ipv4) = address->base;
        if (!known)
            known = plan::Prefix{plan::first_of(*address), address->length};
    }
    draft.machines[machine].on.push_back(std::move(on));
}

std::optional<plan::Prefix> parse_interface(std::string_view text, int length) {
    if (text.find('/') != std::string_view::npos)
        return plan::parse_prefix(text);
    const auto address = plan::parse_address(text);
    if (!address)
        return std::nullopt;
    return plan::Prefix{*address, std::clamp(length, 0, address->v6 ? 128 : 32)};
}

std::string serve(Machine& machine, int port, std::string_view protocol) {
    for (const auto& service : machine.serves)
        if (service.port == port)
            return service.name;
    Service service;
    service.protocol = protocol.empty() ? protocol_of_port(port) : std::string(protocol);
    service.port = port;
    const bool plain = service.protocol == "tcp" || service.protocol == "udp";
    service.name = plain ? fmt::format("{}-{}", service.protocol, port) : service.protocol;
    machine.serves.push_back(service);
    return service.name;
}

void want_packages(Reading& in, Item& item, const std::string& names, Machine& machine) {
    const auto image = stand_in(machine.image, machine.family);
    bool all = image.alike;
    for (const auto& name : split(names, ' ')) {
        const std::string held(image.alike ? held_package(image.image, name) : "");
        all &= name.empty() || !held.empty();
        if (!held.empty() &&
            std::find(machine.packages.begin(), machine.packages.end(), held) == machine.packages.end())
            machine.packages.push_back(held);
    }
    if (all)
        settle(item, Item::Fate::carried);
    else
        in.lost(item, "the stand-in does not hold it; build an image that does, and name it under `packages`");
}

void wait(Reading& in, Draft& draft, const Waits& waits) {
    std::unordered_map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < draft.machines.size() && !waits.empty(); ++i)
        known.try_emplace(draft.machines[i].name, i);
    for (const auto& [machine, name] : waits) {
        const auto text = in.text_of(*name);
        const auto other = text ? known.find(*text) : known.end();
        if (other != known.end() && other->second != machine)
            draft.machines[machine].needs.push_back(other->second);
        else if (text)
            in.lost(*name, "no other machine has that name");
    }
}

std::size_t vantage_on(Draft& draft, std::size_t network) {
    for (std::size_t i = 0; i < draft.machines.size(); ++i)
        if (draft.machines[i].vantage && draft.machines[i].on.front().network == network)
            return i;
    const auto index = add_machine(draft, "probe-" + draft.networks[network].name, {}, nullptr);
    draft.machines[index].vantage = true;
    draft.machines[index].title = "Where checks start";
    attach(draft, index, network, {}, std::nullopt);
    return index;
}

void open_routers(Draft& draft) {
    for (std::size_t i = 0; i < draft.machines.size(); ++i)
        if (draft.machines[i].router)
            draft.rules.push_back(Rule{i, true, End{}, End{}, "", ""});
}

} // namespace testudo::import_
