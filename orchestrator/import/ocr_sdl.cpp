#include "orchestrator/import/ocr_sdl.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/import/building.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/import/readers.hpp"

// Open Cyber Range's SDL: nodes and the infrastructure that deploys them, what is on them, how it is judged, who takes
// part, and stories of events. Addresses stand in `properties`, since 2023. Keys may be written small, Capitalized or
// LARGE.
namespace testudo::import_ {
namespace {

class Range {
  public:
    Range(Reading& in, Draft& draft) : in_(in), draft_(draft) {}

    void read(Item& scenario) {
        auto* nodes = in_.mapping(scenario, "nodes");
        auto* infrastructure = in_.mapping(scenario, "infrastructure");
        features_ = in_.mapping(scenario, "features");
        if (!nodes) {
            if (infrastructure)
                in_.need(scenario, "nodes", "a scenario with infrastructure");
            return;
        }
        for (auto& node : nodes->children)
            if (in_.is_mapping(node))
                read_node(node, infrastructure);
        if (!infrastructure)
            return;
        for (auto& entry : infrastructure->children)
            if (const auto network = find_network(draft_, entry.key); network && entry.is_mapping())
                read_prefix(entry, draft_.networks[*network]);
        for (auto& entry : infrastructure->children)
            read_links(entry);
        wait(in_, draft_, waits_);
    }

  private:
    static bool is_switch(const std::string& type) { return lower_case(type) == "switch"; }

    // How often a node is deployed: a number, or a mapping that may hold one.
    std::int64_t count_of(Item& entry) {
        if (entry.is_null()) {
            entry.fate = Item::Fate::carried;
            return 1;
        }
        if (entry.is_text())
            return in_.whole_of(entry, 0, 65535).value_or(1);
        if (!in_.is_mapping(entry))
            return 0;
        return in_.whole(entry, "count", 0, 65535).value_or(1);
    }

    void read_node(Item& node, Item* infrastructure) {
        const auto type = in_.text(node, "type").value_or("VM");
        auto* entry = named(infrastructure, node.key);
        const auto count = infrastructure && !entry ? 0 : entry ? count_of(*entry) : 1;
        if (count == 0)
            return in_.lost(node, "the infrastructure does not deploy it");
        if (is_switch(type)) {
            const auto index = add_network(draft_, node.key, node.key_span, &node);
            if (const auto text = in_.text(node, "description"))
                draft_.networks[index].title = *text;
            if (entry)
                draft_.networks[index].origins.push_back(entry);
            return;
        }
        if (lower_case(type) != "vm")
            return in_.wrong(*in_.find(node, "type"), "VM or Switch");
        const auto index = add_machine(draft_, node.key, node.key_span, &node);
        auto& machine = draft_.machines[index];
        machine.copies = static_cast<int>(count);
        if (entry)
            machine.origins.push_back(entry);
        if (const auto text = in_.text(node, "description"))
            machine.title = *text;
        read_source(node, machine);
        if (auto* resources = in_.mapping(node, "resources"))
            read_resources(*resources, machine);
        read_roles(node, machine);
        read_features(node, machine);
        static constexpr Lost more[] = {
            {"conditions", "commands inside of a machine are not checks; write `checks`, which ask from outside"},
            {"injects", "it is a package of the original; the message of that name is in the timeline"},
            {"vulnerabilities", "weaknesses are what the image, its files and its passwords make of them"}};
        lose(in_, node, more);
    }

    void read_source(Item& node, Machine& machine) {
        auto* source = in_.find(node, "source");
        if (!source)
            return;
        machine.image_span = source->span();
        if (source->is_text()) {
            machine.image = in_.text_of(*source).value_or("");
        } else if (in_.is_mapping(*source)) {
            machine.image = in_.text(*source, "name").value_or("");
            if (const auto version = in_.text(*source, "version"); version && *version != "*")
                machine.notes.push_back(fmt::format("Version in the original: {}", *version));
        }
    }

    void read_resources(Item& resources, Machine& machine) {
        machine.cpus = in_.whole(resources, "cpu", 1, 1024);
        auto* ram = in_.find(resources, "ram");
        const auto text = ram ? in_.text_of(*ram) : std::nullopt;
        if (!text)
            return;
        machine.memory_mib = parse_size(*text);
        if (!machine.memory_mib)
            in_.wrong(*ram, "an amount of memory such as `2 gib`");
    }

    // `admin: username`, or with the entities that get the account.
    void read_roles(Item& node, Machine& machine) {
        auto* roles = in_.mapping(node, "roles");
        if (!roles)
            return;
        for (auto& role : roles->children) {
            auto* name = role.is_mapping() ? in_.find(role, "username") : &role;
            if (role.is_mapping()) {
                role.fate = Item::Fate::carried;
                in_.lost(role, "entities", "every team has its own password for its own machines");
            }
            const auto text = name && !name->is_null() ? in_.text_of(*name) : std::nullopt;
            if (text)
                machine.users.push_back(User{*text, name->span(), std::nullopt, lower_case(role.key) == "admin"});
        }
    }

    void read_features(Item& node, Machine& machine) {
        auto* features = in_.find(node, "features");
        if (!features)
            return;
        for (auto& item : features->children) {
            const auto name = item.key.starts_with('[') && item.is_text() ? item.text() : item.key;
            if (auto* feature = named(features_, name)) {
                auto* source = feature->is_mapping() ? in_.find(*feature, "source") : nullptr;
                auto* text = source && source->is_mapping() ? in_.find(*source, "name") : source;
                if (text && text->is_text())
                    machine.notes.push_back(
                        fmt::format("Feature of the original: {}, from the package {}", name, text->text()));
            }
        }
        in_.lost(*features, "it is a package of the original; build an image that has it");
    }

    // `properties: { cidr: 10.0.0.0/24, gateway: 10.0.0.1 }` of a switch
    void read_prefix(Item& entry, Network& network) {
        auto* properties = in_.mapping(entry, "properties");
        if (!properties)
            return;
        if (auto* cidr = in_.find(*properties, "cidr"))
            if (const auto text = in_.text_of(*cidr)) {
                const auto prefix = plan::parse_prefix(*text);
                if (!prefix)
                    return in_.wrong(*cidr, "addresses such as 10.0.0.0/24");
                (prefix->base.v6 ? network.ipv6 : network.ipv4) = plan::Prefix{plan::first_of(*prefix), prefix->length};
            }
        in_.lost(*properties, "gateway", "no node has it; give a machine that stands on the networks `role: router`");
    }

    // `properties: [{ switch: 10.0.0.20 }]` of a machine
    void read_addresses(Item& entry, std::size_t machine) {
        auto* properties = in_.list(entry, "properties");
        if (!properties)
            return;
        for (auto& one : properties->children)
            if (in_.is_mapping(one))
                for (auto& item : one.children)
                    read_address(item, machine);
    }

    void read_address(Item& item, std::size_t machine) {
        const auto network = find_network(draft_, item.key);
        const auto text = in_.text_of(item);
        const auto address = text ? plan::parse_address(*text) : std::nullopt;
        if (text && !address)
            return in_.wrong(item, "an address");
        if (!address)
            return;
        if (!network)
            return in_.lost(item, "no switch of that name is deployed");
        auto& on = draft_.machines[machine].on;
        auto found = std::find_if(on.begin(), on.end(), [&](const Attachment& a) { return a.network == *network; });
        if (found == on.end()) {
            attach(draft_, machine, *network, item.span(), std::nullopt);
            found = on.end() - 1;
        }
        auto& prefix = address->v6 ? draft_.networks[*network].ipv6 : draft_.networks[*network].ipv4;
        if (!prefix)
            prefix = plan::Prefix{plan::first_of({*address, address->v6 ? 64 : 24}), address->v6 ? 64 : 24};
        (address->v6 ? found->ipv6 : found->ipv4) = *address;
        found->span = item.span();
    }

    // The networks that a machine is linked to.
    void read_links(Item& entry) {
        const auto machine = find_machine(draft_, entry.key);
        if (!machine && !find_network(draft_, entry.key)) {
            if (entry.fate != Item::Fate::carried || entry.is_mapping())
                in_.lost(entry, "no node of that name is deployed");
            return;
        }
        if (!entry.is_mapping())
            return;
        if (const auto text = in_.text(entry, "description"); text && machine)
            draft_.machines[*machine].notes.push_back(*text);
        for (auto* name : in_.text_items(entry, "dependencies"))
            if (machine)
                waits_.emplace_back(*machine, name);
            else
                in_.lost(*name, "only machines wait");
        for (auto* link : in_.text_items(entry, "links")) {
            const auto network = find_network(draft_, link->text());
            if (!network) {
                in_.lost(*link, "only links to switches can be made");
            } else if (!machine) {
                in_.lost(*link, "networks are joined by machines with `role: router`");
            } else {
                link->fate = Item::Fate::carried;
                attach(draft_, *machine, *network, link->span(), std::nullopt);
            }
        }
        if (machine)
            read_addresses(entry, *machine);
    }

    Reading& in_;
    Draft& draft_;
    Item* features_ = nullptr;
    Waits waits_;
};

} // namespace

Item* named(Item* section, const std::string& name) {
    if (!section || !section->is_mapping())
        return nullptr;
    for (auto& child : section->children)
        if (child.key == name)
            return &child;
    return nullptr;
}

void read_ocr_sdl(Documents& documents, Reading& in, Draft& draft) {
    draft.format = "an Open Cyber Range scenario (SDL)";
    auto& root = *documents.front();
    draft.span = root.children.empty() ? root.span() : root.children.front().key_span;
    if (!in.is_mapping(root))
        return;
    auto* wrapped = in.mapping(root, "scenario"); // until 2023
    auto& scenario = wrapped ? *wrapped : root;
    if (!in.need(scenario, "name", "a scenario"))
        return;
    draft.name = in.text(scenario, "name").value_or("");
    if (const auto description = in.text(scenario, "description"))
        draft.notes.push_back("Description: " + *description);
    const auto entities = read_entities(scenario, in, draft);
    Range(in, draft).read(scenario);
    read_stories(scenario, entities, in, draft);
    read_metrics(scenario, in, draft);
    static constexpr Lost more[] = {
        {"conditions", "commands inside of a machine are not checks; write `checks`, which ask from outside"},
        {"capabilities", "what was trained is said by the objectives of messages and actions"},
        {"vulnerabilities", "weaknesses are what the image, its files and its passwords make of them"},
        {"evaluations", "scores are earned by checks, actions and reports; see `scoring`"},
        {"goals", "what was trained is said by the objectives of messages and actions"}};
    lose(in, scenario, more);
    in.lost(scenario, "features", "they are packages of the original; build images that have them");
    in.lost(scenario, "tlos", "what was trained is said by the objectives of messages and actions");
}

} // namespace testudo::import_
