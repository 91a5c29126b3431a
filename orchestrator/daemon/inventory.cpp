#include "orchestrator/daemon/inventory.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

#include "orchestrator/core/diagnostic.hpp"

namespace testudo::daemon {
namespace {

HostAddress address_from_json(const std::string& id, const json::object& object) {
    return {id, text_or(object, "private"), text_or(object, "connect"), text_or(object, "underlay")};
}

bool is_address(const std::string& text) {
    std::array<unsigned char, 16> bytes{};
    return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

} // namespace

Result<Inventory> read_inventory(const std::filesystem::path& file, const plan::Plan& plan) {
    std::ifstream in(file);
    const auto document = parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
    if (!in || !document || !document->is_object())
        return fail("inventory.unreadable", file.string(),
                    !in        ? "cannot be read"
                    : document ? "is no object"
                               : document.error().message);
    std::vector<std::string> known;
    for (const auto& host : plan.hosts)
        known.push_back(host.id);
    const auto& hosts = document->get_object();
    for (const auto& member : hosts) {
        const std::string id = member.key();
        const auto near = nearest(id, known);
        if (std::find(known.begin(), known.end(), id) == known.end())
            return fail("inventory.unknown", id,
                        "the template has no such host" + (near.empty() ? "" : "; did you mean " + near + "?"));
        if (!member.value().is_object())
            return fail("inventory.unreadable", id, "is no object");
    }
    Inventory inventory;
    for (const auto& host : plan.hosts) {
        if (!hosts.contains(host.id))
            return fail("inventory.incomplete", host.id, fmt::format("{} does not say where it is", file.string()));
        auto address = address_from_json(host.id, object_or_empty(hosts, host.id));
        if (!address.range_host.empty() && !address.connect.empty())
            return fail("inventory.ambiguous", host.id,
                        "has a `private` folder and a URI to `connect` to: which is it?");
        if (address.range_host.empty() && address.connect.empty())
            address.connect = host.uri;
        if (address.range_host.empty() && address.connect.empty())
            return fail("inventory.incomplete", host.id, "needs its `private` folder, or a URI to `connect` to");
        if (!address.underlay.empty() && !is_address(address.underlay))
            return fail("inventory.address", host.id, fmt::format("`{}` is no IP address", address.underlay));
        inventory.push_back(std::move(address));
    }
    return inventory;
}

json::object to_json(const Inventory& inventory) {
    json::object object;
    for (const auto& host : inventory)
        object[host.id] =
            json::object{{"private", host.range_host.string()}, {"connect", host.connect}, {"underlay", host.underlay}};
    return object;
}

Inventory inventory_from_json(const json::object& object) {
    Inventory inventory;
    for (const auto& member : object)
        if (member.value().is_object())
            inventory.push_back(address_from_json(member.key(), member.value().get_object()));
    return inventory;
}

} // namespace testudo::daemon
