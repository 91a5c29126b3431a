#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "orchestrator/import/building.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/import/readers.hpp"

// CyRIS: a list of three sections. Base images with tasks (guest_settings) are cloned into machines of networks
// (clone_settings); every instance of the range becomes a team. Addresses are CyRIS's own and stand in no key.
namespace testudo::import_ {
namespace {

constexpr std::int64_t most_instances = 32;

class Cyris {
  public:
    Cyris(Reading& in, Draft& draft) : in_(in), draft_(draft) {}

    void read(Item& root) {
        draft_.format = "a CyRIS range description";
        draft_.span = root.span();
        if (!in_.is_list(root))
            return;
        for (auto& section : root.children)
            if (in_.is_mapping(section))
                read_section(section);
        for (auto* range : clones_)
            read_range(*range);
        if (clones_.empty() && !template_::has_errors(in_.out))
            template_::error(in_.out, code::wrong_file, root.span(), "there is no section `clone_settings`");
        for (auto& [name, guest] : guests_)
            if (!guest.used)
                in_.lost(*guest.item, "no machine is cloned from it");
    }

  private:
    struct Guest {
        Item* item = nullptr;
        bool used = false;
    };

    void read_section(Item& section) {
        in_.lost(section, "host_settings", "hosts are those that `testudo up` is told of");
        if (auto* guests = in_.list(section, "guest_settings"))
            for (auto& guest : guests->children)
                if (in_.is_mapping(guest) && in_.need(guest, "id", "a guest"))
                    if (const auto id = in_.text(guest, "id"))
                        guests_[*id].item = &guest;
        if (auto* clones = in_.list(section, "clone_settings"))
            for (auto& range : clones->children)
                if (in_.is_mapping(range))
                    clones_.push_back(&range);
    }

    void read_range(Item& range) {
        if (const auto id = in_.text(range, "range_id"); id && draft_.name.empty())
            draft_.name = "range-" + *id;
        if (auto* id = in_.find(range, "range_id"))
            draft_.span = id->span();
        auto* hosts = in_.list(range, "hosts");
        if (!hosts)
            return;
        bool first = true;
        for (auto& host : hosts->children) {
            if (!in_.is_mapping(host))
                continue;
            const auto ids = split(in_.text(host, "host_id").value_or(""), ',');
            add_teams(host, static_cast<std::int64_t>(ids.size()));
            // The other hosts carry further instances of the same range.
            if (!first && same_guests(host)) {
                in_.lost(host, "guests", "they are the same on every host");
                in_.lost(host, "topology", "it is the same on every host");
                continue;
            }
            first = false;
            read_host(host);
        }
    }

    // So many instances are made on each of the hosts that are named.
    void add_teams(Item& host, std::int64_t hosts) {
        const auto count = in_.whole(host, "instance_number", 1, 10'000).value_or(1) * hosts;
        if (count > most_instances)
            in_.changed(code::value, in_.find(host, "instance_number")->span(),
                        fmt::format("{} instances would be as many teams", count),
                        fmt::format("the first {}", most_instances));
        for (std::int64_t i = 0; i < std::min(count, most_instances); ++i) {
            Team team;
            team.name = fmt::format("team-{}", draft_.teams.size() + 1);
            team.colour = "blue";
            draft_.teams.push_back(std::move(team));
        }
    }

    bool same_guests(Item& host) {
        auto* guests = in_.find(host, "guests");
        if (!guests || !guests->is_list())
            return true;
        return std::all_of(guests->children.begin(), guests->children.end(), [this](Item& guest) {
            auto* id = in_.find(guest, "guest_id");
            return !id || (id->is_text() && find_machine(draft_, id->text()).has_value());
        });
    }

    void read_host(Item& host) {
        std::vector<std::pair<std::size_t, Item*>> ruled;
        if (auto* guests = in_.list(host, "guests"))
            for (auto& item : guests->children) {
                if (!in_.is_mapping(item) || !in_.need(item, "guest_id", "a guest"))
                    continue;
                const auto machine = read_machine(item);
                if (auto* rules = machine ? in_.list(item, "forwarding_rules") : nullptr)
                    ruled.emplace_back(*machine, rules);
            }
        if (auto* topologies = in_.list(host, "topology"))
            for (auto& topology : topologies->children)
                if (in_.is_mapping(topology))
                    read_topology(topology);
        for (const auto& [machine, rules] : ruled)
            for (auto& item : rules->children)
                if (in_.is_mapping(item))
                    if (auto* rule = in_.find(item, "rule"))
                        read_rule(*rule, machine);
        for (std::size_t i = 0; i < draft_.machines.size(); ++i) {
            const bool has_rules = std::any_of(ruled.begin(), ruled.end(), [i](const auto& r) { return r.first == i; });
            if (draft_.machines[i].router && !has_rules)
                draft_.rules.push_back(Rule{i, true, End{}, End{}, "", ""});
        }
        for (const auto& [machine, task] : attacks_)
            read_attack(*task, machine);
        attacks_.clear();
    }

    std::optional<std::size_t> read_machine(Item& item) {
        const auto id = in_.text(item, "guest_id");
        if (!id)
            return std::nullopt;
        const auto guest = guests_.find(*id);
        if (guest == guests_.end()) {
            template_::error(in_.out, code::wrong_value, in_.find(item, "guest_id")->span(),
                             fmt::format("there is no guest `{}` in guest_settings", *id));
            return std::nullopt;
        }
        const auto index = add_machine(draft_, *id, in_.find(item, "guest_id")->span(), &item);
        auto& machine = draft_.machines[index];
        machine.copies = static_cast<int>(in_.whole(item, "number", 1, 5000).value_or(1));
        if (in_.flag(item, "entry_point") == true)
            machine.notes.emplace_back("Players of the original enter the range here.");
        if (!guest->second.used)
            read_guest(*guest->second.item, index);
        guest->second.used = true;
        return index;
    }

    void read_guest(Item& item, std::size_t index) {
        auto& machine = draft_.machines[index];
        machine.origins.push_back(&item);
        in_.meaningless(item, "basevm_host");
        in_.meaningless(item, "basevm_type");
        in_.meaningless(item, "basevm_name");
        in_.lost(item, "ip_addr", "it is used while the original is being prepared");
        machine.family = in_.text(item, "basevm_os_type").value_or("");
        if (auto* config = in_.find(item, "basevm_config_file")) {
            const auto path = in_.text_of(*config).value_or("");
            machine.image = path.substr(path.rfind('/') + 1);
            machine.notes.push_back("Made in the original from " + path);
            if (machine.image.ends_with(".xml"))
                machine.image.resize(machine.image.size() - 4);
            machine.image_span = config->span();
        }
        // Images are called after what they are for; all that CyRIS prepares by itself are Linux systems.
        if (machine.family.empty())
            machine.family = "linux";
        if (auto* tasks = in_.list(item, "tasks"))
            for (auto& task : tasks->children)
                if (in_.is_mapping(task))
                    read_task(task, index);
    }

    void read_task(Item& task, std::size_t index) {
        auto& machine = draft_.machines[index];
        if (auto* accounts = in_.list(task, "add_account"))
            for (auto& account : accounts->children)
                if (in_.is_mapping(account) && in_.need(account, "account", "an account"))
                    read_account(account, machine);
        if (auto* accounts = in_.list(task, "modify_account"))
            for (auto& account : accounts->children)
                if (in_.is_mapping(account))
                    modify_account(account, machine);
        if (auto* packages = in_.list(task, "install_package"))
            for (auto& package : packages->children)
                if (in_.is_mapping(package)) {
                    want_packages(in_, package, in_.text(package, "name").value_or(""), machine);
                    if (package.fate == Item::Fate::carried)
                        in_.lost(package, "version", "the stand-in holds one version");
                }
        if (auto* attacks = in_.list(task, "emulate_attack"))
            for (auto& attack : attacks->children)
                if (in_.is_mapping(attack))
                    attacks_.emplace_back(index, &attack);
        if (auto* malware = in_.list(task, "emulate_malware"))
            for (auto& one : malware->children)
                if (in_.is_mapping(one))
                    plant(one, index);
        static constexpr Lost more[] = {
            {"emulate_traffic_capture_file", "captured traffic is not made"},
            {"copy_content", "the files lie on the original's host; put them beside the template, under `files`"},
            {"execute_program", "the program lies in the original; put what it does under `setup`"},
            {"firewall_rules", "the file with the rules lies in the original; write them under `rules`"}};
        lose(in_, task, more);
    }

    void read_account(Item& account, Machine& machine) {
        auto* name = in_.find(account, "account");
        User user;
        user.name = in_.text_of(*name).value_or("");
        user.span = name->span();
        user.password = in_.text(account, "passwd");
        in_.lost(account, "full_name", "users have no other names");
        if (!user.name.empty())
            machine.users.push_back(std::move(user));
    }

    void modify_account(Item& account, Machine& machine) {
        const auto* name = in_.find(account, "account");
        const auto known = std::find_if(machine.users.begin(), machine.users.end(), [name](const User& user) {
            return name && name->is_text() && user.name == name->text();
        });
        if (known == machine.users.end()) // one of the original's image, such as root
            return add_account(account, machine);
        in_.text(account, "account");
        if (const auto password = in_.text(account, "new_passwd"))
            known->password = password;
        if (const auto renamed = in_.text(account, "new_account"))
            known->name = *renamed;
    }

    void add_account(Item& account, Machine& machine) {
        const auto old = in_.text(account, "account");
        const auto name = in_.text(account, "new_account").value_or(old.value_or(""));
        const auto password = in_.text(account, "new_passwd");
        const auto* said = in_.find(account, in_.has(account, "new_account") ? "new_account" : "account");
        if (!name.empty())
            machine.users.push_back(User{name, said->span(), password, false});
    }

    // A password is guessed by a neighbour, when a controller says so.
    void read_attack(Item& attack, std::size_t machine) {
        const auto* type = in_.find(attack, "attack_type");
        const auto* account = in_.find(attack, "target_account");
        const auto neighbour = neighbour_of(machine);
        if (!type || !type->is_text() || type->text() != "ssh_attack" || !account || !account->is_text() || !neighbour)
            return in_.lost(attack, neighbour ? "there is no action of that kind" : "no other machine could do it");
        in_.text(attack, "attack_type");
        const auto user = in_.text(attack, "target_account").value_or("");
        in_.lost(attack, "attempt_number", "at most 20 passwords are guessed");
        in_.lost(attack, "attack_time", "a controller fires it");
        auto& target = draft_.machines[machine];
        Inject inject;
        inject.name = target.name + "-guessed";
        inject.derived = true;
        inject.span = attack.span();
        inject.origins.push_back(&attack);
        inject.title = "Passwords are tried on " + target.name;
        inject.action = "guess-password";
        inject.technique = "T1110.001";
        inject.on = machine;
        inject.by = *neighbour;
        inject.service = serve(target, 22);
        for (auto& service : target.serves)
            if (service.port == 22)
                service.unit = "ssh";
        inject.with.emplace_back("user", user);
        inject.with.emplace_back("passwords", "[password, letmein, welcome, admin, qwerty]");
        draft_.injects.push_back(std::move(inject));
    }

    // A machine on the same network, rather not a router.
    std::optional<std::size_t> neighbour_of(std::size_t machine) const {
        std::optional<std::size_t> found;
        for (std::size_t i = 0; i < draft_.machines.size(); ++i)
            for (const auto& on : draft_.machines[i].on)
                for (const auto& own : draft_.machines[machine].on)
                    if (i != machine && on.network == own.network && (!found || draft_.machines[*found].router))
                        found = i;
        return found;
    }

    void plant(Item& malware, std::size_t machine) {
        const auto name = in_.text(malware, "name").value_or("malware");
        for (const auto* key : {"mode", "cpu_utilization", "port"})
            in_.lost(malware, key, "what is planted is a file that does nothing");
        Inject inject;
        inject.name = draft_.machines[machine].name + "-planted";
        inject.derived = true;
        inject.span = malware.span();
        inject.origins.push_back(&malware);
        inject.title = fmt::format("`{}` is left on {}", name, draft_.machines[machine].name);
        inject.action = "plant-file";
        inject.technique = "T1105";
        inject.on = machine;
        inject.with.emplace_back("path", "/var/tmp/imported");
        inject.with.emplace_back("content", "\"harmless stand-in for malware\"");
        draft_.injects.push_back(std::move(inject));
    }

    void read_topology(Item& topology) {
        in_.meaningless(topology, "type");
        auto* networks = in_.list(topology, "networks");
        if (!networks)
            return;
        for (auto& item : networks->children) {
            if (!in_.is_mapping(item) || !in_.need(item, "name", "a network"))
                continue;
            auto* name = in_.find(item, "name");
            const auto network = add_network(draft_, in_.text_of(*name).value_or(""), name->span(), &item);
            for (const auto* key : {"gateway", "members"})
                for (auto* members : in_.text_items(item, key)) {
                    members->fate = Item::Fate::carried;
                    for (const auto& member : split(members->text(), ','))
                        join(*members, member, network, std::string_view(key) == "gateway");
                }
        }
    }

    // "desktop.eth0"
    void join(Item& item, const std::string& member, std::size_t network, bool gateway) {
        if (member.empty())
            return;
        const auto name = member.substr(0, member.rfind('.'));
        const auto machine = find_machine(draft_, name);
        if (!machine) {
            template_::error(in_.out, code::wrong_value, item.span(), fmt::format("there is no guest `{}`", name));
            return;
        }
        draft_.machines[*machine].router |= gateway;
        const auto& on = draft_.machines[*machine].on;
        if (std::none_of(on.begin(), on.end(), [network](const Attachment& a) { return a.network == network; }))
            attach(draft_, *machine, network, item.span(), std::nullopt);
        if (!told_interfaces_)
            in_.changed(code::value, item.span(), "interfaces have names of their own",
                        "eth0, eth1 and so on, in the order of `on`");
        told_interfaces_ = true;
    }

    std::vector<End> ends(const std::string& list) const {
        std::vector<End> all;
        for (const auto& one : split(list, ',')) {
            const auto dot = one.find('.');
            const auto machine = dot == std::string::npos ? std::nullopt : find_machine(draft_, one.substr(dot + 1));
            const auto network = find_network(draft_, one.substr(0, dot));
            if (machine)
                all.push_back(End{End::Kind::machine, *machine});
            else if (network)
                all.push_back(End{End::Kind::network, *network});
        }
        return all;
    }

    // "src=office,external dst=internal.dbsrv dport=3306"
    void read_rule(Item& item, std::size_t router) {
        const auto text = in_.text_of(item);
        if (!text)
            return;
        std::map<std::string, std::string> parts;
        for (const auto& word : split(*text, ' '))
            if (const auto equals = word.find('='); equals != std::string::npos)
                parts[lower_case(word.substr(0, equals))] = word.substr(equals + 1);
        const auto from = ends(parts["src"]);
        const auto to = ends(parts["dst"]);
        std::vector<std::string> protocols;
        for (const auto& port : split(parts["dport"], ',')) {
            const auto number = parse_amount(port);
            if (number && *number >= 1 && *number <= 65535)
                protocols.push_back(fmt::format("tcp/{}", *number));
            if (number == 53)
                protocols.emplace_back("udp/53");
        }
        if (from.empty() || to.empty() || (protocols.empty() && !parts["dport"].empty()))
            return in_.lost(item, "it names no network of the range");
        if (protocols.empty())
            protocols.emplace_back("");
        if (!parts["sport"].empty())
            in_.changed(code::value, item.span(), "rules do not ask where a connection comes from by its port",
                        "the source port is left out");
        for (const auto& a : from)
            for (const auto& b : to)
                for (const auto& protocol : protocols)
                    draft_.rules.push_back(Rule{router, true, a, b, protocol, ""});
    }

    Reading& in_;
    Draft& draft_;
    std::map<std::string, Guest> guests_;
    std::vector<Item*> clones_;
    bool told_interfaces_ = false;
    std::vector<std::pair<std::size_t, Item*>> attacks_;
};

} // namespace

void read_cyris(Documents& documents, Reading& in, Draft& draft) {
    Cyris(in, draft).read(*documents.front());
}

} // namespace testudo::import_
