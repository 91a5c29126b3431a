#include <algorithm>
#include <fmt/format.h>
#include <regex>

#include "orchestrator/import/building.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/import/readers.hpp"

// CyberRangeCZ (KYPO): topology.yml with hosts, routers, networks and who stands where; training.json beside it.
namespace testudo::import_ {
namespace {

class Topology {
  public:
    Topology(Reading& in, Draft& draft) : in_(in), draft_(draft) {}

    void read(Item& root) {
        draft_.name = in_.text(root, "name").value_or(draft_.name);
        draft_.span = root.children.empty() ? root.span() : root.children.front().key_span;
        if (auto* networks = in_.list(root, "networks"))
            for (auto& network : networks->children)
                read_network(network);
        if (auto* hosts = in_.list(root, "hosts"))
            for (auto& host : hosts->children)
                read_node(host, "a host", false);
        if (auto* routers = in_.list(root, "routers"))
            for (auto& router : routers->children)
                read_node(router, "a router", true);
        read_wan(root);
        read_mappings(root, "net_mappings", "host");
        read_mappings(root, "router_mappings", "router");
        if (wan_)
            for (std::size_t i = 0; i < draft_.machines.size(); ++i)
                if (draft_.machines[i].router)
                    attach(draft_, i, *wan_, draft_.machines[i].span, std::nullopt);
        in_.lost(root, "groups", "groups of the provisioning by Ansible, which is not carried over");
        in_.lost(root, "vpn", "players use the pages and consoles of the exercise");
        in_.lost(root, "docker", "containers inside of a machine");
        in_.lost(root, "network_forwarding", "traffic is not mirrored to other machines");
        if (auto* targets = in_.find(root, "monitoring_targets");
            targets && targets->is_list()) { // until 2025: TCP only
            for (auto& item : targets->children)
                read_target(item, "tcp");
            targets->fate = Item::Fate::carried;
        } else if (targets && in_.is_mapping(*targets)) {
            read_targets(*targets);
        }
        open_routers(draft_);
    }

  private:
    std::optional<std::string> name_of(Item& item, std::string_view what) {
        if (!in_.is_mapping(item) || !in_.need(item, "name", what))
            return std::nullopt;
        return in_.text(item, "name");
    }

    Span name_span(Item& item) const {
        const auto* name = in_.find(item, "name");
        return name ? name->span() : item.span();
    }

    void read_network(Item& item) {
        const auto name = name_of(item, "a network");
        if (!name)
            return;
        const auto index = add_network(draft_, *name, name_span(item), &item);
        read_prefix(item, draft_.networks[index]);
        if (in_.flag(item, "accessible_by_user") == false)
            draft_.networks[index].notes.emplace_back("Players of the original may not sign in here.");
        if (in_.flag(item, "hidden") == true)
            draft_.networks[index].notes.emplace_back("Hidden from the players of the original.");
    }

    void read_prefix(Item& item, Network& network) {
        auto* cidr = in_.find(item, "cidr");
        const auto text = cidr ? in_.text_of(*cidr) : std::nullopt;
        if (!text)
            return;
        const auto prefix = plan::parse_prefix(*text);
        if (!prefix)
            return in_.wrong(*cidr, "a network such as 10.10.20.0/24");
        (prefix->base.v6 ? network.ipv6 : network.ipv4) = plan::Prefix{plan::first_of(*prefix), prefix->length};
    }

    void read_node(Item& item, std::string_view what, bool router) {
        const auto name = name_of(item, what);
        if (!name)
            return;
        const auto index = add_machine(draft_, *name, name_span(item), &item);
        auto& machine = draft_.machines[index];
        machine.router = router;
        auto* box = in_.find(item, "base_box");
        if (box && box->is_text()) { // a short form that is seen in the field
            machine.image = in_.text_of(*box).value_or("");
            machine.image_span = box->span();
        } else if (box && in_.is_mapping(*box)) {
            machine.image = in_.text(*box, "image").value_or("");
            if (auto* image = in_.find(*box, "image"))
                machine.image_span = image->span();
            for (const auto* key : {"mgmt_user", "man_user"})
                if (auto* user = in_.find(*box, key))
                    if (const auto text = in_.text_of(*user))
                        machine.users.push_back(User{*text, user->span(), std::nullopt, true});
            for (const auto* key : {"mgmt_protocol", "mng_protocol"})
                if (const auto protocol = in_.text(*box, key); protocol && lower_case(*protocol) == "winrm")
                    machine.family = "windows";
        }
        read_flavor(item, machine);
        in_.meaningless(item, "block_internet"); // no machine of a range has the internet
        if (in_.flag(item, "hidden") == true)
            machine.notes.emplace_back("Hidden from the players of the original.");
        static constexpr Lost more[] = {{"volumes", "machines have one disk"},
                                        {"extra", "values for the provisioning by Ansible"},
                                        {"docker", "containers inside of a machine"}};
        lose(in_, item, more);
    }

    // "standard.small4x8" and the like say processors and GiB; other names mean something to their cloud only.
    void read_flavor(Item& item, Machine& machine) {
        auto* flavor = in_.find(item, "flavor");
        const auto text = flavor ? in_.text_of(*flavor) : std::nullopt;
        if (!text)
            return;
        // "c2.r4gb.d25gb": processors, memory, disk
        static const std::regex named(R"((?:.*\.)?c(\d{1,3})\.r(\d{1,4})gb(?:\..*)?)");
        if (std::smatch match; text->size() <= 64 && std::regex_match(*text, match, named)) {
            machine.notes.push_back("Flavour in the original: " + *text);
            machine.cpus = parse_amount(match[1].str());
            machine.memory_mib = *parse_amount(match[2].str()) * 1024;
            return;
        }
        const auto x = text->rfind('x');
        auto begin = x == std::string::npos ? 0 : x;
        while (begin > 0 && text->at(begin - 1) >= '0' && text->at(begin - 1) <= '9')
            --begin;
        const auto cpus = x == std::string::npos ? std::nullopt : parse_amount(text->substr(begin, x - begin));
        const auto gib = x == std::string::npos ? std::nullopt : parse_amount(text->substr(x + 1));
        if (!cpus || !gib || *gib > 4096)
            return in_.lost(*flavor, "only the original's cloud knows how much that is");
        machine.notes.push_back("Flavour in the original: " + *text);
        machine.cpus = cpus;
        machine.memory_mib = *gib * 1024;
    }

    // The network between the routers, which is there whether it is written or not.
    void read_wan(Item& root) {
        auto* wan = in_.mapping(root, "wan");
        const auto routers = std::count_if(draft_.machines.begin(), draft_.machines.end(),
                                           [](const Machine& machine) { return machine.router; });
        if (!wan && routers < 2)
            return;
        const auto name = wan ? in_.text(*wan, "name").value_or("wan") : "wan";
        wan_ = add_network(draft_, name, wan ? name_span(*wan) : draft_.span, wan);
        auto& network = draft_.networks[*wan_];
        network.title = "Between the routers";
        if (wan)
            read_prefix(*wan, network);
        else
            network.ipv4 = plan::parse_prefix("100.100.100.0/24");
    }

    void read_mappings(Item& root, std::string_view key, std::string_view of) {
        auto* list = in_.list(root, key);
        if (!list)
            return;
        for (auto& item : list->children) {
            if (!in_.is_mapping(item) || !in_.need(item, of, "a mapping") || !in_.need(item, "network", "a mapping"))
                continue;
            const auto machine = known(item, of);
            const auto network = known(item, "network");
            std::optional<plan::Prefix> address;
            if (auto* ip = in_.find(item, "ip"))
                if (const auto text = in_.text_of(*ip)) {
                    address = parse_interface(*text, 0);
                    if (!address)
                        in_.wrong(*ip, "an address");
                }
            if (!machine || !network)
                continue;
            // The network's own prefix says how long it is.
            const auto& prefix =
                address && address->base.v6 ? draft_.networks[*network].ipv6 : draft_.networks[*network].ipv4;
            if (address)
                address->length = prefix ? prefix->length : address->base.v6 ? 64 : 24;
            attach(draft_, *machine, *network, item.children.back().span(), address);
        }
    }

    // The machine or network that a key names, or an error.
    std::optional<std::size_t> known(Item& item, std::string_view key) {
        const auto name = in_.text(item, key);
        if (!name)
            return std::nullopt;
        const auto found = key == "network" ? find_network(draft_, *name) : find_machine(draft_, *name);
        if (!found)
            template_::error(in_.out, code::wrong_value, in_.find(item, key)->span(),
                             fmt::format("there is no {} `{}`", key, *name));
        return found;
    }

    void read_targets(Item& targets) {
        for (const auto* type : {"tcp", "icmp"}) {
            auto* list = in_.list(targets, type);
            if (!list)
                continue;
            for (auto& item : list->children)
                read_target(item, type);
        }
        auto* http = in_.mapping(targets, "http");
        auto* list = http ? in_.list(*http, "targets") : nullptr;
        if (!list)
            return;
        for (auto& item : list->children)
            if (in_.is_mapping(item))
                read_page(item);
    }

    void read_target(Item& item, std::string_view type) {
        if (!in_.is_mapping(item) || !in_.need(item, "node", "a monitored node"))
            return;
        const auto machine = known(item, "node");
        auto* list = in_.list(item, "targets");
        if (!machine || !list)
            return;
        for (auto& target : list->children) {
            if (!in_.is_mapping(target))
                continue;
            in_.lost(target, "interface", "the check asks the machine's nearest address");
            const auto address = in_.text(target, "address");
            const auto port = in_.whole(target, "port", 1, 65535);
            if (type == "tcp" && !port) {
                in_.need(target, "port", "a TCP target");
                continue;
            }
            add_check(target, *machine, address, type, port ? static_cast<int>(*port) : 0);
        }
    }

    // "http://server:8080/index.html"
    void read_page(Item& item) {
        const auto url = in_.text(item, "url");
        const auto contains = in_.text(item, "check_string");
        if (!url)
            return;
        const auto scheme = url->find("://");
        const auto rest = scheme == std::string::npos ? *url : url->substr(scheme + 3);
        const auto slash = std::min(rest.find('/'), rest.size());
        const auto host = split(rest.substr(0, slash), ':');
        const bool plain = !url->starts_with("https");
        const auto port = host.size() > 1 ? parse_amount(host[1]) : std::optional<std::int64_t>(plain ? 80 : 443);
        auto machine = find_machine(draft_, host.front());
        for (std::size_t i = 0; i < draft_.machines.size() && !machine; ++i)
            for (const auto& on : draft_.machines[i].on)
                if (on.ipv4 && plan::to_text(*on.ipv4) == host.front())
                    machine = i;
        if (!machine || !port || *port < 1 || *port > 65535)
            return in_.lost(item, "it names no machine of the topology");
        auto* check = add_check(item, *machine, std::nullopt, plain ? "http" : "tcp", static_cast<int>(*port));
        if (!check || !plain)
            return;
        check->path = slash < rest.size() ? rest.substr(slash) : "/";
        check->contains = contains.value_or("");
    }

    Check* add_check(Item& item, std::size_t target, const std::optional<std::string>& address, std::string_view type,
                     int port) {
        auto& machine = draft_.machines[target];
        if (machine.on.empty()) {
            in_.lost(item, "the machine stands on no network");
            return nullptr;
        }
        auto network = machine.on.front().network;
        for (const auto& on : machine.on)
            if (address && on.ipv4 && plan::to_text(*on.ipv4) == *address)
                network = on.network;
        Check check;
        check.name = port == 0 ? machine.name + "-ping" : fmt::format("{}-{}", machine.name, port);
        check.origins.push_back(&item);
        check.machine = target;
        check.type = type;
        if (port != 0)
            check.service = serve(machine, port, type == "http" ? "http" : "");
        check.vantage = vantage_on(draft_, network);
        draft_.checks.push_back(std::move(check));
        return &draft_.checks.back();
    }

    Reading& in_;
    Draft& draft_;
    std::optional<std::size_t> wan_;
};

} // namespace

void read_cyberrangecz(Documents& documents, Reading& in, Draft& draft) {
    draft.format = "CyberRangeCZ";
    for (auto& document : documents) {
        if (!in.is_mapping(*document))
            continue;
        if (in.has(*document, "levels") || in.has(*document, "phases"))
            read_training(*document, in, draft);
        else if (in.has(*document, "hosts") || in.has(*document, "networks") || in.has(*document, "routers"))
            Topology(in, draft).read(*document);
        else
            template_::error(in.out, code::wrong_file, document->span(),
                             "this is neither a topology (`hosts`, `routers`, `networks`) nor a training (`levels`)");
    }
}

} // namespace testudo::import_
