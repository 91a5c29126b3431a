#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <unordered_map>

#include "orchestrator/import/building.hpp"
#include "orchestrator/import/images.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/import/readers.hpp"

// Containerlab: nodes of kinds, joined by links between interfaces. A link becomes a network of two, a bridge one of
// many. Addresses stand in no key; they are found in the `ip` commands that nodes run.
namespace testudo::import_ {
namespace {

constexpr Lost lost_of_node[] = {
    {"startup-config", "configurations of other systems are not understood"},
    {"config", "configurations of other systems are not understood"},
    {"license", "the stand-in needs none"},
    {"type", "the hardware that is imitated"},
    {"binds", "the files lie on the original's host; put them beside the template and name them under `files`"},
    {"env", "the stand-in's services do not know these variables"},
    {"cmd", "a command of the original's image"},
    {"entrypoint", "a command of the original's image"},
    {"labels", "labels of containers"},
    {"mgmt-ipv4", "there is no management network; agents are spoken to out of band"},
    {"mgmt_ipv4", "there is no management network; agents are spoken to out of band"},
    {"mgmt-ipv6", "there is no management network; agents are spoken to out of band"},
    {"mgmt_ipv6", "there is no management network; agents are spoken to out of band"},
    {"network-mode", "machines of a range share no network of the host"},
    {"startup-delay", "machines start when those that they need are there"},
    {"extras", "settings of the original's image"},
    {"healthcheck", "use `checks`, which ask from outside"},
    {"dns", "servers of names are machines of the range"},
    {"certificate", "certificates are not issued"},
};

class Containerlab {
  public:
    Containerlab(Reading& in, Draft& draft) : in_(in), draft_(draft) {}

    void read(Item& root) {
        draft_.format = "a containerlab topology";
        if (!in_.is_mapping(root) || !in_.need(root, "topology", "a containerlab topology"))
            return;
        draft_.name = in_.text(root, "name").value_or("");
        draft_.span = root.children.front().key_span;
        static constexpr Lost top[] = {{"prefix", "names on the host follow from the exercise"},
                                       {"mgmt", "there is no management network; agents are spoken to out of band"},
                                       {"settings", "settings of the tool itself"}};
        lose(in_, root, top);
        auto* topology = in_.mapping(root, "topology");
        if (!topology)
            return;
        defaults_ = in_.mapping(*topology, "defaults");
        kinds_ = in_.mapping(*topology, "kinds");
        groups_ = in_.mapping(*topology, "groups");
        if (auto* nodes = in_.mapping(*topology, "nodes"))
            for (auto& node : nodes->children)
                read_node(node);
        if (auto* links = in_.list(*topology, "links"))
            for (auto& link : links->children)
                read_link(link);
        attach_all();
        wait(in_, draft_, waits_);
        for (auto* layer : {defaults_, kinds_, groups_})
            settle_layer(layer);
        open_routers(draft_);
    }

  private:
    struct Wire {
        std::size_t machine;
        std::string interface;
        std::size_t network;
        Span span;
    };

    // What holds for a node: its own keys, then those of its group, of its kind, and the defaults.
    std::vector<Item*> layers_of(Item& node) {
        std::vector<Item*> all;
        const auto add = [&](Item* layer) {
            if (layer && in_.is_mapping(*layer))
                all.push_back(layer);
        };
        if (!node.is_null())
            add(&node);
        else
            node.fate = Item::Fate::carried;
        const auto named = [&](Item* of, std::string_view key) {
            for (auto* layer : std::vector<Item*>(all))
                if (const auto name = in_.text(*layer, key))
                    return add(of ? in_.find(*of, *name) : nullptr);
            if (defaults_)
                if (const auto name = in_.text(*defaults_, key))
                    add(of ? in_.find(*of, *name) : nullptr);
        };
        named(groups_, "group");
        named(kinds_, "kind");
        if (defaults_)
            all.push_back(defaults_);
        return all;
    }

    static Item* first(Reading& in, const std::vector<Item*>& layers, std::string_view key) {
        for (auto* layer : layers)
            if (auto* item = in.find(*layer, key))
                return item;
        return nullptr;
    }

    void read_node(Item& item) {
        const auto layers = layers_of(item);
        const auto value = [&](std::string_view key) {
            auto* found = first(in_, layers, key);
            return found ? in_.text_of(*found).value_or("") : std::string();
        };
        const auto kind = value("kind");
        if (kind == "bridge" || kind == "ovs-bridge") {
            bridges_[item.key] = add_network(draft_, item.key, item.key_span, &item);
            return;
        }
        if (kind == "host") {
            in_.lost(item, "a range has no way to its host");
            outside_.push_back(item.key);
            return;
        }
        const auto index = add_machine(draft_, item.key, item.key_span, &item);
        machines_.emplace(item.key, index);
        auto& machine = draft_.machines[index];
        machine.family = kind;
        if (const auto group = value("group"); !group.empty())
            machine.notes.push_back("Group in the original: " + group);
        machine.image = value("image");
        if (auto* image = first(in_, layers, "image"))
            machine.image_span = image->span();
        machine.router = stand_in(machine.image, machine.family).forwards;
        read_resources(layers, machine);
        for (auto* layer : layers) {
            read_ports(*layer, machine);
            read_commands(*layer, index);
        }
        for (auto* layer : layers)
            read_waits(*layer, index);
        if (!item.is_null())
            lose(in_, item, lost_of_node);
    }

    // Until 2024 a list of nodes; since then each stage of a node's life may wait for a stage of another's.
    void read_waits(Item& layer, std::size_t machine) {
        for (auto* name : in_.text_items(layer, "wait-for"))
            waits_.emplace_back(machine, name);
        auto* stages = in_.find(layer, "stages");
        if (!stages || !in_.is_mapping(*stages))
            return;
        for (auto& stage : stages->children) {
            if (!in_.is_mapping(stage))
                continue;
            in_.lost(stage, "exec", "a command of the original's image");
            auto* list = in_.list(stage, "wait-for");
            if (!list)
                continue;
            for (auto& other : list->children)
                if (in_.is_mapping(other)) {
                    in_.meaningless(other, "stage"); // that it is ready is all that is waited for here
                    if (auto* name = in_.find(other, "node"))
                        waits_.emplace_back(machine, name);
                }
        }
    }

    void read_resources(const std::vector<Item*>& layers, Machine& machine) {
        if (auto* cpu = first(in_, layers, "cpu")) {
            if (const auto text = in_.text_of(*cpu); text && !(machine.cpus = parse_amount(*text)))
                in_.wrong(*cpu, "a number of processors");
        }
        if (auto* memory = first(in_, layers, "memory")) {
            if (const auto text = in_.text_of(*memory); text && !(machine.memory_mib = parse_size(*text)))
                in_.wrong(*memory, "an amount of memory");
        }
    }

    // "8080:80/tcp": the port behind the last colon is the one inside.
    void read_ports(Item& layer, Machine& machine) {
        for (auto* item : in_.text_items(layer, "ports")) {
            const auto parts = split(item->text(), ':');
            const auto inner = split(parts.back(), '/');
            const auto port = parse_amount(inner.front());
            if (!port || *port < 1 || *port > 65535) {
                in_.wrong(*item, "a port such as 8080:80");
                continue;
            }
            item->fate = Item::Fate::carried;
            serve(machine, static_cast<int>(*port), inner.size() > 1 && inner[1] == "udp" ? "udp" : "");
            if (parts.size() > 1)
                in_.changed(code::value, item->span(), fmt::format("`{}` was a port of the host", item->text()),
                            fmt::format("port {} inside of the range only", *port));
        }
    }

    void read_commands(Item& layer, std::size_t machine) {
        for (auto* item : in_.text_items(layer, "exec"))
            if (!read_address(*item, machine))
                in_.lost(*item, item->text().find("route") != std::string::npos ? "routes follow from the routers"
                                                                                : "a command of the original's image");
    }

    // "ip addr add 10.0.0.1/24 dev eth1"; "ip link set eth1 up" goes without saying.
    bool read_address(Item& item, std::size_t machine) {
        std::vector<std::string> words;
        for (const auto& word : split(item.text(), ' '))
            if (!word.empty() && word != "-4" && word != "-6")
                words.push_back(word);
        if (words.size() < 4 || words[0] != "ip")
            return false;
        if (words[1] == "link" && words[2] == "set" && words.back() == "up") {
            item.fate = Item::Fate::carried;
            return true;
        }
        const bool add = words[1].starts_with("a") && words[2] == "add" && words.size() >= 6 && words[4] == "dev";
        const auto address = add ? plan::parse_prefix(words[3]) : std::nullopt;
        if (!address || words[5] == "lo")
            return false;
        item.fate = Item::Fate::carried;
        addresses_[{machine, words[5]}].emplace_back(*address, item.span());
        return true;
    }

    std::optional<std::size_t> machine_of(const std::string& node) const {
        const auto found = machines_.find(node);
        return found == machines_.end() ? std::nullopt : std::optional(found->second);
    }

    struct Endpoint {
        std::string node;
        std::string interface;
        Span span;
    };

    void read_link(Item& link) {
        if (!in_.is_mapping(link))
            return;
        const auto type = in_.text(link, "type").value_or("veth");
        auto* list = in_.find(link, "endpoints");
        if (type != "veth" || !list) {
            in_.lost(link, "only links between machines can be made");
            return;
        }
        if (!in_.is_list(*list))
            return;
        std::vector<Endpoint> ends;
        for (auto& item : list->children)
            if (const auto end = read_endpoint(item))
                ends.push_back(*end);
        if (list->children.size() != 2 || ends.size() != 2)
            return in_.wrong(*list, "two interfaces");
        for (const auto& end : ends) {
            const bool away = std::find(outside_.begin(), outside_.end(), end.node) != outside_.end();
            if (!away && end.node != "host" && end.node != "mgmt-net" && end.node != "macvlan")
                continue;
            return in_.lost(link, "a range has no way to its host");
        }
        static constexpr Lost more[] = {{"mtu", "sizes of frames are the host's"},
                                        {"labels", "labels of links"},
                                        {"vars", "variables of configurations"}};
        lose(in_, link, more);
        join(link, ends[0], ends[1]);
    }

    std::optional<Endpoint> read_endpoint(Item& item) {
        Endpoint end;
        end.span = item.span();
        if (item.is_mapping()) {
            item.fate = Item::Fate::carried;
            end.node = in_.text(item, "node").value_or("");
            end.interface = in_.text(item, "interface").value_or("");
            in_.lost(item, "mac", "hardware addresses follow from the names");
            for (const auto* key : {"ipv4", "ipv6"})
                if (auto* address = in_.find(item, key))
                    if (const auto text = in_.text_of(*address)) {
                        const auto machine = machine_of(end.node);
                        const auto prefix = plan::parse_prefix(*text);
                        if (!prefix)
                            in_.wrong(*address, "an address with its length");
                        else if (machine)
                            addresses_[{*machine, end.interface}].emplace_back(*prefix, address->span());
                    }
            return end.node.empty() ? std::nullopt : std::optional(end);
        }
        const auto text = in_.text_of(item);
        const auto colon = text ? text->find(':') : std::string::npos;
        if (!text || colon == std::string::npos) {
            if (text)
                in_.wrong(item, "a node and its interface, such as `r1:eth1`");
            return std::nullopt;
        }
        end.node = text->substr(0, colon);
        end.interface = text->substr(colon + 1);
        return end;
    }

    void join(Item& link, const Endpoint& a, const Endpoint& b) {
        const auto bridge_a = bridges_.find(a.node);
        const auto bridge_b = bridges_.find(b.node);
        if (bridge_a != bridges_.end() && bridge_b != bridges_.end()) {
            // What is joined is one network.
            const auto stays = one_of_joined(bridge_a->second);
            if (const auto gone = one_of_joined(bridge_b->second); gone != stays)
                joined_[gone] = stays;
            in_.changed(code::value, link.span(), fmt::format("`{}` and `{}` are joined", a.node, b.node),
                        fmt::format("one network, `{}`", draft_.networks[stays].name));
            return;
        }
        for (const auto* end : {&a, &b})
            if (!bridges_.contains(end->node) && !machine_of(end->node)) {
                template_::error(in_.out, code::wrong_value, end->span,
                                 fmt::format("there is no node `{}`", end->node));
                return;
            }
        const auto network = bridge_a != bridges_.end()   ? bridge_a->second
                             : bridge_b != bridges_.end() ? bridge_b->second
                                                          : network_between(link, a, b);
        for (const auto* end : {&a, &b})
            if (const auto machine = machine_of(end->node); machine && !bridges_.contains(end->node))
                wires_.push_back({*machine, end->interface, network, end->span});
    }

    // The network that stands for all that are joined to this one.
    std::size_t one_of_joined(std::size_t network) {
        for (auto found = joined_.find(network); found != joined_.end(); found = joined_.find(network)) {
            // Half of the way is forgotten at each walk, so that long chains are walked once.
            if (const auto beyond = joined_.find(found->second); beyond != joined_.end())
                found->second = beyond->second;
            network = found->second;
        }
        return network;
    }

    std::size_t network_between(Item& link, const Endpoint& a, const Endpoint& b) {
        const auto index = add_network(draft_, fmt::format("{}-{}", a.node, b.node), link.span(), &link);
        draft_.networks[index].derived = true;
        return index;
    }

    void attach_all() {
        if (!wires_.empty())
            in_.changed(code::value, wires_.front().span, "interfaces have names of their own",
                        "eth0, eth1 and so on, in the order of `on`");
        for (auto& wire : wires_) {
            wire.network = one_of_joined(wire.network);
            const auto found = addresses_.find({wire.machine, wire.interface});
            if (found == addresses_.end()) {
                attach(draft_, wire.machine, wire.network, wire.span, std::nullopt);
                continue;
            }
            bool first = true;
            for (const auto& [address, span] : found->second) {
                auto& on = draft_.machines[wire.machine].on;
                if (first) {
                    attach(draft_, wire.machine, wire.network, span, address);
                } else if (address.base.v6 && !on.back().ipv6) {
                    on.back().ipv6 = address.base;
                    if (!draft_.networks[wire.network].ipv6)
                        draft_.networks[wire.network].ipv6 = plan::Prefix{plan::first_of(address), address.length};
                } else {
                    in_.changed(code::value, span, "a second address of one interface", "only the first");
                }
                first = false;
            }
            addresses_.erase(found);
        }
        for (const auto& [where, all] : addresses_)
            for (const auto& [address, span] : all)
                in_.changed(
                    code::value, span,
                    fmt::format("`{}` of `{}` is joined to nothing", where.second, draft_.machines[where.first].name),
                    "the address is left out");
        // Joined bridges leave networks on which nobody stands.
        drop_unused_networks();
    }

    void drop_unused_networks() {
        std::vector<bool> used(draft_.networks.size());
        for (const auto& [name, network] : bridges_)
            used[one_of_joined(network)] = true;
        for (const auto& machine : draft_.machines)
            for (const auto& on : machine.on)
                used[on.network] = true;
        std::vector<Network> kept;
        std::vector<std::size_t> now(used.size());
        for (std::size_t i = 0; i < used.size(); ++i) {
            now[i] = kept.size();
            if (used[i])
                kept.push_back(std::move(draft_.networks[i]));
        }
        draft_.networks = std::move(kept);
        for (auto& machine : draft_.machines)
            for (auto& on : machine.on)
                on.network = now[on.network];
    }

    // Keys of kinds, groups and defaults are told once, not for every node.
    void settle_layer(Item* layer) {
        if (!layer)
            return;
        if (layer == defaults_)
            return lose(in_, *layer, lost_of_node);
        for (auto& one : layer->children)
            if (one.is_mapping())
                lose(in_, one, lost_of_node);
    }

    Reading& in_;
    Draft& draft_;
    Item* defaults_ = nullptr;
    Item* kinds_ = nullptr;
    Item* groups_ = nullptr;
    std::unordered_map<std::string, std::size_t> machines_;
    std::map<std::string, std::size_t> bridges_;
    std::unordered_map<std::size_t, std::size_t> joined_; // a network, and the one that it became
    std::vector<std::string> outside_;
    std::map<std::pair<std::size_t, std::string>, std::vector<std::pair<plan::Prefix, Span>>> addresses_;
    std::vector<Wire> wires_;
    Waits waits_; // a machine, and the name of whom it waits for
};

} // namespace

void read_containerlab(Documents& documents, Reading& in, Draft& draft) {
    Containerlab(in, draft).read(*documents.front());
}

} // namespace testudo::import_
