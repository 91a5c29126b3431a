#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <map>
#include <set>
#include <utility>

#include "orchestrator/import/building.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/import/readers.hpp"

// phenix: a Topology (or an Experiment that holds one) whose nodes have interfaces on named VLANs.
namespace testudo::import_ {
namespace {

constexpr std::size_t most_rules = 20'000; // that a template is made of

class Phenix {
  public:
    Phenix(Reading& in, Draft& draft) : in_(in), draft_(draft) {}

    void read(Item& root) {
        if (!in_.is_mapping(root) || !in_.need(root, "spec", "a configuration of phenix"))
            return;
        in_.meaningless(root, "apiVersion");
        const auto kind = in_.text(root, "kind").value_or("Topology");
        if (auto* metadata = in_.mapping(root, "metadata")) {
            if (const auto name = in_.text(*metadata, "name"); name && draft_.name.empty())
                draft_.name = *name;
            for (const auto* key : {"created", "updated"})
                in_.meaningless(*metadata, key);
            in_.lost(*metadata, "annotations", "notes of the tool itself");
        }
        if (!draft_.span.file)
            draft_.span = in_.find(root, "spec")->key_span;
        in_.lost(root, "status", "what happened to an experiment of the original");
        auto* spec = in_.mapping(root, "spec");
        if (!spec)
            return;
        if (kind != "Topology" && kind != "Experiment")
            return in_.lost(*spec, fmt::format("a {} is run by apps of the original", kind));
        auto* topology = kind == "Experiment" && in_.has(*spec, "topology") ? in_.mapping(*spec, "topology") : spec;
        if (!topology)
            return;
        in_.lost(*topology, "includeTopologies", "name its file too, behind this one");
        auto* nodes = in_.list(*topology, "nodes");
        if (!nodes)
            return;
        found_nodes_ = true;
        for (auto& node : nodes->children)
            read_node(node);
        wait(in_, draft_, waits_);
        waits_.clear();
        read_rulesets();
    }

    bool found_nodes() const { return found_nodes_; }

  private:
    struct Ruled {
        std::size_t machine;
        Item* network;
    };

    // What a ruleset of a router is asked about: traffic that comes in from a network, or goes out to it.
    struct Guard {
        std::size_t network;
        bool entering;
    };

    void read_node(Item& item) {
        if (!in_.is_mapping(item))
            return;
        if (in_.flag(item, "external") == true)
            return in_.lost(item, "devices outside of the range cannot be joined to it");
        auto* general = in_.mapping(item, "general");
        if (!general || !in_.need(*general, "hostname", "a node"))
            return general ? void() : static_cast<void>(in_.need(item, "general", "a node"));
        const auto name = in_.text(*general, "hostname").value_or("");
        const auto index = add_machine(draft_, name, in_.find(*general, "hostname")->span(), &item);
        auto& machine = draft_.machines[index];
        if (const auto description = in_.text(*general, "description"))
            machine.title = *description;
        const auto type = lower_case(in_.text(item, "type").value_or("VirtualMachine"));
        machine.router = type == "router" || type == "firewall";
        in_.meaningless(*general, "vm_type");
        in_.meaningless(*general, "snapshot");
        if (in_.flag(*general, "do_not_boot") == true)
            machine.notes.emplace_back("The original does not start this machine by itself.");
        if (auto* hardware = in_.mapping(item, "hardware"))
            read_hardware(*hardware, machine);
        if (auto* network = in_.mapping(item, "network"))
            read_network(*network, index);
        if (auto* delay = in_.find(item, "delay"))
            read_delay(*delay, index);
        static constexpr Lost more[] = {
            {"labels", "they are read by apps of the original"},
            {"annotations", "they are read by apps of the original"},
            {"injections", "the files lie on the original's host; put them beside the template, under `files`"},
            {"advanced", "settings of the original's hypervisor"},
            {"overrides", "settings of the original's hypervisor"},
            {"commands", "commands of the original's agent"}};
        lose(in_, item, more);
    }

    // Who is waited for is known when all nodes are.
    void read_delay(Item& delay, std::size_t machine) {
        if (!delay.is_mapping())
            return in_.lost(delay, "machines start when those that they need are there");
        delay.fate = Item::Fate::carried;
        for (const auto* key : {"timer", "user"})
            in_.lost(delay, key, "machines start when those that they need are there");
        if (auto* others = in_.list(delay, "c2"))
            for (auto& other : others->children)
                if (in_.is_mapping(other)) {
                    in_.meaningless(other, "useUUID");
                    if (auto* name = in_.find(other, "hostname"))
                        waits_.emplace_back(machine, name);
                }
    }

    void read_hardware(Item& item, Machine& machine) {
        machine.family = in_.text(item, "os_type").value_or("");
        for (const auto* router : {"vyos", "vyatta", "minirouter"})
            machine.router |= machine.family == router;
        machine.cpus = in_.whole(item, "vcpus", 1, 1024);
        machine.memory_mib = in_.whole(item, "memory", 1, 1 << 24);
        in_.lost(item, "cpu", "processors are those of the host");
        auto* drives = in_.list(item, "drives");
        if (!drives)
            return;
        for (auto& drive : drives->children) {
            if (!in_.is_mapping(drive))
                continue;
            if (machine.image.empty()) {
                machine.image = in_.text(drive, "image").value_or("");
                if (auto* image = in_.find(drive, "image"))
                    machine.image_span = image->span();
            } else {
                in_.lost(drive, "machines have one disk");
            }
            for (const auto* key : {"interface", "cache_mode", "inject_partition"})
                in_.meaningless(drive, key);
        }
    }

    // 24, or "255.255.255.0"
    std::optional<int> mask_of(Item& item) {
        auto* mask = in_.find(item, "mask");
        const auto text = mask ? in_.text_of(*mask) : std::nullopt;
        if (!text)
            return std::nullopt;
        if (const auto length = parse_amount(*text); length && *length <= 32)
            return static_cast<int>(*length);
        const auto dotted = plan::parse_address(*text);
        if (dotted && !dotted->v6) {
            int length = 0;
            for (const auto byte : dotted->bytes)
                length += std::popcount(byte);
            return length;
        }
        in_.wrong(*mask, "the length of a prefix");
        return std::nullopt;
    }

    void read_network(Item& item, std::size_t machine) {
        if (auto* interfaces = in_.list(item, "interfaces"))
            for (auto& interface : interfaces->children)
                if (in_.is_mapping(interface))
                    read_interface(interface, machine);
        static constexpr Lost more[] = {{"routes", "routes follow from the routers"},
                                        {"ospf", "routes follow from the routers"},
                                        {"bgp", "routes follow from the routers"},
                                        {"nat", "addresses are not translated"}};
        lose(in_, item, more);
        if (in_.has(item, "rulesets"))
            ruled_.push_back({machine, &item});
    }

    void read_interface(Item& item, std::size_t machine) {
        const auto type = in_.text(item, "type").value_or("ethernet");
        auto* vlan = in_.find(item, "vlan");
        const auto name = vlan ? in_.text_of(*vlan) : std::nullopt;
        if (type == "serial" || !name)
            return in_.lost(item, type == "serial" ? "there are no serial lines" : "it is on no VLAN");
        const auto found = find_network(draft_, *name);
        const auto network = found ? *found : add_network(draft_, *name, vlan->span(), nullptr);
        std::optional<plan::Prefix> address;
        const auto mask = mask_of(item);
        auto* text_item = in_.find(item, "address");
        if (const auto text = text_item ? in_.text_of(*text_item) : std::nullopt; text && !text->empty()) {
            address = parse_interface(*text, mask.value_or(24));
            if (!address)
                in_.wrong(*text_item, "an address");
        }
        attach(draft_, machine, network, text_item ? text_item->span() : item.span(), address);
        if (auto* own = in_.find(item, "name"); own && !told_interfaces_) {
            in_.changed(code::value, own->span(), "interfaces have names of their own",
                        "eth0, eth1 and so on, in the order of `on`");
            told_interfaces_ = true;
        }
        for (const auto* key : {"name", "proto", "gateway", "qinq", "autostart"})
            in_.meaningless(item, key);
        for (const bool entering : {true, false})
            if (const auto ruleset = in_.text(item, entering ? "ruleset_in" : "ruleset_out")) {
                guards_[{machine, *ruleset}].push_back({network, entering});
                guarded_[{machine, entering}].insert(network);
            }
        static constexpr Lost more[] = {
            {"mac", "hardware addresses follow from the names"},   {"mtu", "sizes of frames are the host's"},
            {"driver", "settings of the original's hypervisor"},   {"bridge", "bridges follow from the networks"},
            {"dns", "servers of names are machines of the range"}, {"wifi", "there is no radio"}};
        lose(in_, item, more);
    }

    // Rules name addresses, so they are read when all machines are known.
    void read_rulesets() {
        std::vector<bool> ruled(draft_.machines.size());
        for (const auto& [machine, network] : ruled_) {
            auto* sets = in_.list(*network, "rulesets");
            if (!sets)
                continue;
            if (!draft_.machines[machine].router) {
                in_.lost(*sets, "only routers apply rules");
                continue;
            }
            ruled[machine] = true;
            for (auto& set : sets->children)
                if (in_.is_mapping(set))
                    read_ruleset(set, machine);
            allow_unguarded(machine, sets->key_span);
        }
        for (std::size_t i = 0; i < ruled.size(); ++i)
            if (draft_.machines[i].router && !ruled[i])
                draft_.rules.push_back(Rule{i, true, End{}, End{}, "", ""});
    }

    // A ruleset that guards what comes in from a network, or goes out to one, says nothing of the other networks.
    void read_ruleset(Item& set, std::size_t machine) {
        const auto name = in_.text(set, "name").value_or("");
        const auto description = in_.text(set, "description").value_or("");
        const auto usual = lower_case(in_.text(set, "default").value_or("drop"));
        std::vector<Rule> rules;
        if (auto* list = in_.list(set, "rules"))
            for (auto& rule : list->children)
                if (in_.is_mapping(rule))
                    read_rule(rule, machine, rules);
        if (usual == "accept")
            rules.push_back(Rule{machine, true, End{}, End{}, "", "The default of `" + name + "`"});
        std::string where;
        const auto guards = guards_.extract({machine, name});
        for (const auto& guard : guards ? guards.mapped() : std::vector<Guard>()) {
            where += fmt::format("{}{} {}", where.empty() ? "" : ", ", guard.entering ? "in from" : "out to",
                                 draft_.networks[guard.network].name);
            for (auto rule : rules) {
                if (draft_.rules.size() > most_rules)
                    break; // refused when the template is finished
                auto& end = guard.entering ? rule.from : rule.to;
                if (end.kind == End::Kind::any)
                    end = End{End::Kind::network, guard.network};
                draft_.rules.push_back(std::move(rule));
            }
        }
        draft_.machines[machine].notes.push_back(fmt::format("Ruleset of the original: {}{}{}; it guards {}.", name,
                                                             description.empty() ? "" : ", ", description,
                                                             where.empty() ? "no interface" : where));
    }

    // From networks whose traffic no ruleset guards on its way in, to those where none does on its way out.
    void allow_unguarded(std::size_t machine, const Span& span) {
        const auto& in = guarded_[{machine, true}];
        const auto& out = guarded_[{machine, false}];
        std::vector<std::size_t> open_out;
        for (const auto& on : draft_.machines[machine].on)
            if (!out.contains(on.network))
                open_out.push_back(on.network);
        std::string note = "No ruleset guards what follows.";
        const auto allow = [&](std::size_t from, const End& to) {
            draft_.rules.push_back(Rule{machine, true, End{End::Kind::network, from}, to, "", std::exchange(note, "")});
        };
        for (const auto& on : draft_.machines[machine].on) {
            if (in.contains(on.network) || draft_.rules.size() > most_rules)
                continue;
            if (out.empty())
                allow(on.network, End{});
            else
                for (const auto to : open_out)
                    if (to != on.network)
                        allow(on.network, End{End::Kind::network, to});
        }
        if (!in.empty() && !out.empty())
            in_.changed(code::value, span,
                        fmt::format("`{}` asks rulesets about traffic that comes in and about what goes out",
                                    draft_.machines[machine].name),
                        "what either of them lets through");
    }

    void read_rule(Item& item, std::size_t machine, std::vector<Rule>& rules) {
        in_.meaningless(item, "id");
        const auto action = lower_case(in_.text(item, "action").value_or(""));
        const auto protocol = lower_case(in_.text(item, "protocol").value_or("all"));
        const auto note = in_.text(item, "description").value_or("");
        std::string port;
        const auto from = end(item, "source", nullptr);
        const auto to = end(item, "destination", &port);
        const bool speaks =
            protocol == "tcp" || protocol == "udp" || protocol == "icmp" || protocol == "all" || protocol == "tcp_udp";
        if (!from || !to || !speaks || (action != "accept" && action != "drop" && action != "reject"))
            return in_.lost(item, "it is about something that is not in this range");
        std::vector<std::string> protocols{protocol == "all" ? "" : protocol};
        if (protocol == "tcp_udp" || (protocol == "all" && !port.empty()))
            protocols = {"tcp", "udp"};
        for (auto& one : protocols) {
            if (one == "tcp" || one == "udp")
                one += port;
            rules.push_back(Rule{machine, action == "accept", *from, *to, one, note});
        }
    }

    // The machine or network that an address is of.
    std::optional<End> end(Item& rule, std::string_view key, std::string* port) {
        auto* item = in_.mapping(rule, key);
        if (!item)
            return End{};
        const auto text = in_.text(*item, "address").value_or("0.0.0.0/0");
        if (port)
            if (const auto number = in_.whole(*item, "port", 1, 65535))
                *port = fmt::format("/{}", *number);
        if (!port)
            in_.lost(*item, "port", "rules ask for the port of the destination only");
        const auto prefix = parse_interface(text, 32);
        if (!prefix)
            return std::nullopt;
        if (prefix->length == 0)
            return End{};
        for (std::size_t i = 0; i < draft_.networks.size(); ++i)
            if (const auto& own = draft_.networks[i].ipv4;
                own && own->length == prefix->length && plan::first_of(*own) == plan::first_of(*prefix))
                return End{End::Kind::network, i};
        for (std::size_t i = 0; i < draft_.machines.size(); ++i)
            for (const auto& on : draft_.machines[i].on)
                if (prefix->length == 32 && on.ipv4 == prefix->base)
                    return End{End::Kind::machine, i};
        return std::nullopt;
    }

    Reading& in_;
    Draft& draft_;
    std::vector<Ruled> ruled_;
    std::map<std::pair<std::size_t, std::string>, std::vector<Guard>> guards_; // by machine and ruleset
    std::map<std::pair<std::size_t, bool>, std::set<std::size_t>> guarded_;    // by machine and whether it is entering
    Waits waits_;
    bool found_nodes_ = false;
    bool told_interfaces_ = false;
};

} // namespace

void read_phenix(Documents& documents, Reading& in, Draft& draft) {
    draft.format = "a phenix topology";
    Phenix phenix(in, draft);
    for (auto& document : documents)
        phenix.read(*document);
    if (!phenix.found_nodes() && !template_::has_errors(in.out))
        template_::error(in.out, code::wrong_file, documents.front()->span(), "there is no topology with `nodes`");
}

} // namespace testudo::import_
