#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "orchestrator/import/building.hpp"
#include "orchestrator/import/names.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/import/readers.hpp"

// Ludus: virtual machines, each on one VLAN at 10.RANGE.VLAN.OCTET, and a router that has the last address of every
// VLAN.
namespace testudo::import_ {
namespace {

constexpr int router_octet = 254;
constexpr std::size_t most_rules = 10'000;

class Ludus {
  public:
    Ludus(Reading& in, Draft& draft) : in_(in), draft_(draft) {}

    void read(Item& root) {
        draft_.format = "a Ludus range configuration";
        draft_.name = "ludus-range";
        if (!in_.is_mapping(root) || !in_.need(root, "ludus", "a Ludus range configuration"))
            return;
        draft_.span = in_.find(root, "ludus")->key_span;
        if (auto* machines = in_.list(root, "ludus"))
            for (auto& item : machines->children)
                read_machine(item);
        read_router(root);
        read_network(root);
        if (auto* defaults = in_.mapping(root, "defaults"))
            read_domain_accounts(*defaults);
        static constexpr Lost more[] = {{"global_role_vars", "Ansible is not run"},
                                        {"notify", "messages of the tool itself"},
                                        {"ludus_extensions", "extensions of the tool itself"}};
        lose(in_, root, more);
    }

  private:
    std::size_t vlan(std::int64_t number, const Span& span) {
        const auto [found, fresh] = vlans_.try_emplace(number, draft_.networks.size());
        if (fresh) {
            const auto index = add_network(draft_, fmt::format("vlan-{}", number), span, nullptr);
            draft_.networks[index].title = fmt::format("VLAN {}", number);
            draft_.networks[index].ipv4 = plan::parse_prefix(fmt::format("10.0.{}.0/24", number));
        }
        return found->second;
    }

    void read_machine(Item& item) {
        if (!in_.is_mapping(item))
            return;
        for (const auto* key : {"vm_name", "template", "vlan", "ip_last_octet"})
            if (!in_.need(item, key, "a machine"))
                return;
        const auto vm_name = in_.text(item, "vm_name").value_or("");
        const auto hostname = in_.text(item, "hostname");
        const auto* named = in_.find(item, hostname ? "hostname" : "vm_name");
        const auto index = add_machine(draft_, hostname.value_or(vm_name), named->span(), &item);
        read_common(item, draft_.machines[index]);
        if (hostname && name_of(*hostname, 63, "m") != name_of(vm_name, 63, "m"))
            draft_.machines[index].title = name_of(vm_name, 63, "m");
        const auto number = in_.whole(item, "vlan", 1, 255);
        const auto octet = in_.whole(item, "ip_last_octet", 1, 255);
        if (number && octet) {
            const auto* where = in_.find(item, "ip_last_octet");
            const auto network = vlan(*number, in_.find(item, "vlan")->span());
            attach(draft_, index, network, where->span(),
                   parse_interface(fmt::format("10.0.{}.{}", *number, *octet), 24));
            octets_[{network, *octet}] = index;
        }
        read_system(item, draft_.machines[index]);
        if (in_.has(item, "domain"))
            domain_members_.push_back(index);
        in_.meaningless(item, "force_ip");
        in_.meaningless(item, "full_clone");
        static constexpr Lost more[] = {{"testing", "Testudo keeps no testing mode; a machine can be reset"},
                                        {"domain", "there are no Windows domains"},
                                        {"roles", "Ansible is not run"},
                                        {"role_vars", "Ansible is not run"},
                                        {"ansible_groups", "Ansible is not run"},
                                        {"dns_rewrites", "names are served by machines of the range"},
                                        {"ram_min_gb", "memory is not shared out while machines run"},
                                        {"unmanaged", "machines are managed by the agent in them"}};
        lose(in_, item, more);
    }

    void read_common(Item& item, Machine& machine) {
        machine.image = in_.text(item, "template").value_or("");
        if (auto* image = in_.find(item, "template"))
            machine.image_span = image->span();
        if (auto* ram = in_.find(item, "ram_gb"))
            if (const auto text = in_.text_of(*ram)) {
                const auto size = parse_size(*text + " GB");
                machine.memory_mib = size;
                if (!size)
                    in_.wrong(*ram, "a number of GB");
            }
        machine.cpus = in_.whole(item, "cpus", 1, 512);
    }

    // `linux: true`, or a mapping of settings.
    void read_system(Item& item, Machine& machine) {
        if (auto* system = in_.find(item, "linux")) {
            machine.family = "linux";
            if (system->is_mapping()) {
                for (auto* package : in_.text_items(*system, "packages"))
                    want_packages(in_, *package, package->text(), machine);
                system->fate = Item::Fate::carried;
            } else
                in_.flag(item, "linux");
        }
        for (const auto* key : {"windows", "macos", "macOS"})
            if (auto* system = in_.find(item, key)) {
                machine.family = lower_case(key);
                system->fate = Item::Fate::carried;
                if (!system->is_mapping())
                    continue;
                if (const auto user = in_.text(*system, "autologon_user"))
                    machine.users.push_back(User{*user, in_.find(*system, "autologon_user")->span(),
                                                 in_.text(*system, "autologon_password"), false});
                for (auto& setting : system->children)
                    if (setting.fate != Item::Fate::carried)
                        in_.lost(setting, "a setting of a system that has no stand-in");
            }
    }

    // The accounts of all Windows domains; whoever is in one has them as accounts of his own.
    void read_domain_accounts(Item& defaults) {
        for (const bool admin : {true, false}) {
            const std::string key = admin ? "ad_domain_admin" : "ad_domain_user";
            const auto name = in_.text(defaults, key);
            if (!name || domain_members_.empty())
                continue;
            const auto password = in_.text(defaults, key + "_password");
            const auto span = in_.find(defaults, key)->span();
            for (const auto member : domain_members_)
                draft_.machines[member].users.push_back(User{*name, span, password, admin});
            in_.changed(code::value, span, fmt::format("`{}` is an account of the domain", *name),
                        "an account of each of its machines");
        }
        for (auto& setting : defaults.children)
            if (setting.fate != Item::Fate::carried)
                in_.lost(setting, "a setting of Windows domains and snapshots");
    }

    void read_router(Item& root) {
        auto* item = in_.mapping(root, "router");
        if (!item && draft_.networks.size() < 2)
            return;
        const auto* named = item ? in_.find(*item, in_.has(*item, "hostname") ? "hostname" : "vm_name") : nullptr;
        const auto name = named && named->is_text() ? named->text() : "router";
        router_ = add_machine(draft_, name_of(name, 63, "router"), named ? named->span() : draft_.span, item);
        auto& router = draft_.machines[*router_];
        router.router = true;
        router.derived = true;
        if (item) {
            read_common(*item, router);
            in_.text(*item, "vm_name");
            in_.text(*item, "hostname");
            static constexpr Lost more[] = {{"ram_min_gb", "memory is not shared out while machines run"},
                                            {"roles", "Ansible is not run"},
                                            {"role_vars", "Ansible is not run"}};
            lose(in_, *item, more);
        }
        if (!item)
            in_.changed(code::made_up, draft_.span, "the file does not describe its router, which every range has",
                        "`router`, at .254 of each VLAN");
        if (router.image.empty())
            router.image = "debian-range";
        for (const auto& [number, network] : vlans_)
            attach(draft_, *router_, network, {}, parse_interface(fmt::format("10.0.{}.{}", number, router_octet), 24));
    }

    void read_network(Item& root) {
        auto* network = in_.mapping(root, "network");
        std::string usual = "accept";
        if (network) {
            usual = lower_case(in_.text(*network, "inter_vlan_default").value_or(usual));
            in_.lost(*network, "external_default", "a range has no way to the internet");
            in_.lost(*network, "always_blocked_networks", "a range has no way to other networks");
            in_.lost(*network, "wireguard_vlan_default", "players use the pages and consoles of the exercise");
            if (auto* rules = in_.list(*network, "rules"))
                for (auto& rule : rules->children)
                    if (in_.is_mapping(rule))
                        read_rule(rule);
        }
        if (router_ && usual == "accept")
            draft_.rules.push_back(Rule{*router_, true, End{}, End{}, "", "VLANs reach each other unless denied."});
    }

    // All machines that a side of a rule means; nothing if it means none of the range.
    std::vector<End> ends(Item& rule, const std::string& side) {
        auto* item = in_.find(rule, "vlan_" + side);
        const auto word = item ? in_.text_of(*item) : std::nullopt;
        if (!word)
            return {};
        const auto octets = in_.text(rule, "ip_last_octet_" + side);
        if (*word == "all")
            return {End{}};
        const auto number = parse_amount(*word);
        const auto network = number ? vlans_.find(*number) : vlans_.end();
        if (network == vlans_.end())
            return {};
        if (!octets)
            return {End{End::Kind::network, network->second}};
        const auto dash = octets->find('-');
        const auto first = parse_amount(octets->substr(0, dash));
        const auto last = dash == std::string::npos ? first : parse_amount(octets->substr(dash + 1));
        std::vector<End> all;
        if (first && last)
            for (auto octet = *first; octet <= std::min<std::int64_t>(*last, 255); ++octet)
                if (const auto found = octets_.find({network->second, octet}); found != octets_.end())
                    all.push_back(End{End::Kind::machine, found->second});
        return all;
    }

    // "443", "1:80", "all", "-1"
    static std::optional<std::string> ports_of(const std::string& text) {
        if (text.empty() || text == "all" || text == "-1")
            return "";
        const auto parts = split(text, text.find(':') == std::string::npos ? '-' : ':');
        const auto first = parse_amount(parts.front());
        const auto last = parse_amount(parts.back());
        if (!first || !last || parts.size() > 2 || *first < 1 || *last > 65535 || *first > *last)
            return std::nullopt;
        return *first == *last ? fmt::format("/{}", *first) : fmt::format("/{}-{}", *first, *last);
    }

    void read_rule(Item& item) {
        const auto name = in_.text(item, "name").value_or("");
        const auto protocol = lower_case(in_.text(item, "protocol").value_or("all"));
        const auto ports = ports_of(in_.text(item, "ports").value_or(""));
        if (!in_.has(item, "action"))
            in_.changed(code::made_up, item.span(), "this rule does not say what is done", "it lets through");
        const auto action = lower_case(in_.text(item, "action").value_or("accept"));
        const auto from = ends(item, "src");
        const auto to = ends(item, "dst");
        if (action != "accept" && action != "reject" && action != "drop")
            return in_.wrong(item, "a rule with the action ACCEPT, REJECT or DROP");
        const bool speaks = protocol == "tcp" || protocol == "udp" || protocol == "icmp" || protocol == "all";
        if (!router_ || from.empty() || to.empty() || !ports || !speaks)
            return in_.lost(item, "it is about something that is not in this range");
        if (draft_.rules.size() + from.size() * to.size() > most_rules)
            return in_.lost(item, "there are too many rules");
        const bool allow = action == "accept";
        if (!allow && seen_allow_ && !told_order_) {
            told_order_ = true;
            in_.changed(code::value, item.span(),
                        "rules are tried in their order there; here all that is denied stays denied",
                        "check the rules of the router");
        }
        seen_allow_ |= allow;
        bool first = true;
        for (const auto& a : from)
            for (const auto& b : to) {
                const auto what = protocol == "all" ? "" : protocol == "icmp" ? protocol : protocol + *ports;
                draft_.rules.push_back(Rule{*router_, allow, a, b, what, first ? name : ""});
                first = false;
            }
        if (protocol == "all" && !ports->empty())
            for (auto i = draft_.rules.size() - from.size() * to.size(); i < draft_.rules.size(); ++i)
                draft_.rules[i].protocol = "tcp" + *ports;
    }

    Reading& in_;
    Draft& draft_;
    std::map<std::int64_t, std::size_t> vlans_;
    std::map<std::pair<std::size_t, std::int64_t>, std::size_t> octets_;
    std::optional<std::size_t> router_;
    std::vector<std::size_t> domain_members_;
    bool seen_allow_ = false;
    bool told_order_ = false;
};

} // namespace

void read_ludus(Documents& documents, Reading& in, Draft& draft) {
    Ludus(in, draft).read(*documents.front());
}

} // namespace testudo::import_
