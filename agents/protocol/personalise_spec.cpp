#include "agents/protocol/personalise_spec.hpp"

#include "orchestrator/core/digest.hpp"

namespace testudo::agents {
namespace {

json::array strings(const std::vector<std::string>& list) {
    return json::array(list.begin(), list.end());
}

json::object without_hash(const PersonaliseSpec& spec) {
    json::array hosts;
    for (const auto& [address, name] : spec.hosts)
        hosts.push_back(json::array{address, name});
    json::array interfaces;
    for (const auto& i : spec.interfaces)
        interfaces.push_back(json::object{{"name", i.name}, {"mac", i.mac}, {"ipv4", i.ipv4}, {"ipv6", i.ipv6}});
    json::array routes;
    for (const auto& r : spec.routes)
        routes.push_back(json::object{{"to", r.to}, {"via", r.via}});
    json::array users;
    for (const auto& u : spec.users)
        users.push_back(json::object{{"name", u.name}, {"password", u.password}, {"admin", u.admin}});
    json::array files;
    for (const auto& f : spec.files)
        files.push_back(json::object{{"path", f.path}, {"content", f.content}, {"mode", f.mode}, {"owner", f.owner}});
    return {{"hostname", spec.hostname},          {"hosts", std::move(hosts)},   {"interfaces", std::move(interfaces)},
            {"routes", std::move(routes)},        {"forwards", spec.forwards},   {"nftables", spec.nftables},
            {"users", std::move(users)},          {"files", std::move(files)},   {"setup", strings(spec.setup)},
            {"services", strings(spec.services)}, {"reach", strings(spec.reach)}};
}

std::string hash_of_object(const json::object& object) {
    return sha256_hex(json::serialize(object));
}

std::vector<std::string> strings_from(const json::object& object, std::string_view key) {
    std::vector<std::string> out;
    for (const auto& v : array_or_empty(object, key))
        if (v.is_string())
            out.emplace_back(v.get_string());
    return out;
}

// Calls `each` for the members of a list that are objects.
template <class Each> void for_objects(const json::object& object, std::string_view key, Each each) {
    for (const auto& v : array_or_empty(object, key))
        if (v.is_object())
            each(v.get_object());
}

} // namespace

json::object to_json(const PersonaliseSpec& spec) {
    auto object = without_hash(spec);
    object["hash"] = hash_of_object(object);
    return object;
}

std::string hash_of(const PersonaliseSpec& spec) {
    return hash_of_object(without_hash(spec));
}

Result<PersonaliseSpec> personalise_spec_from_json(const json::object& object) {
    PersonaliseSpec spec;
    spec.hostname = text_or(object, "hostname");
    for (const auto& v : array_or_empty(object, "hosts")) {
        const auto* pair = v.if_array();
        if (pair && pair->size() == 2 && pair->at(0).is_string() && pair->at(1).is_string())
            spec.hosts.emplace_back(pair->at(0).get_string(), pair->at(1).get_string());
    }
    for_objects(object, "interfaces", [&](const json::object& o) {
        spec.interfaces.push_back({text_or(o, "name"), text_or(o, "mac"), text_or(o, "ipv4"), text_or(o, "ipv6")});
    });
    for_objects(object, "routes", [&](const json::object& o) {
        spec.routes.push_back({text_or(o, "to"), text_or(o, "via")});
    });
    spec.forwards = bool_or(object, "forwards");
    spec.nftables = text_or(object, "nftables");
    for_objects(object, "users", [&](const json::object& o) {
        spec.users.push_back({text_or(o, "name"), text_or(o, "password"), bool_or(o, "admin")});
    });
    for_objects(object, "files", [&](const json::object& o) {
        spec.files.push_back(
            {text_or(o, "path"), text_or(o, "content"), text_or(o, "mode", "0644"), text_or(o, "owner", "root")});
    });
    spec.setup = strings_from(object, "setup");
    spec.services = strings_from(object, "services");
    spec.reach = strings_from(object, "reach");
    // Everything that was not understood above makes the hash differ.
    if (text_or(object, "hash") != hash_of(spec))
        return fail("refused.params", "spec", "the hash does not fit the spec");
    return spec;
}

} // namespace testudo::agents
