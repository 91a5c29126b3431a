#include <algorithm>
#include <concepts>
#include <fmt/format.h>
#include <type_traits>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/plan/plan.hpp"

// The JSON form of a plan. Each struct lists its members once, in `members`; the writer and the reader both walk that
// list, so they cannot disagree. What plans of the first version did not have is `v.later(...)`: it is written only
// when it says something and may be missing, so plans of older logs are still read, and keep their hashes.
namespace testudo::plan {
namespace {

template <class T, class S>
concept Is = std::same_as<std::remove_const_t<T>, S>;

template <class V> void members(V& v, Is<Group> auto& x) {
    v("id", x.id), v("title", x.title), v("nations", x.nations), v("as_of", x.as_of);
}

template <class V> void members(V& v, Is<Team> auto& x) {
    v("id", x.id), v("title", x.title), v("colour", x.colour), v("number", x.number), v("nations", x.nations);
    v.later("language", x.language);
}

template <class V> void members(V& v, Is<Segment> auto& x) {
    v("id", x.id), v("name", x.name), v("team", x.team), v("uuid", x.uuid), v("network", x.network);
    v("bridge", x.bridge), v("ipv4", x.ipv4), v("ipv6", x.ipv6);
}

template <class V> void members(V& v, Is<Interface> auto& x) {
    v("segment", x.segment), v("name", x.name), v("device", x.device), v("mac", x.mac);
    v("ipv4", x.ipv4), v("ipv6", x.ipv6);
}

template <class V> void members(V& v, Is<Route> auto& x) {
    v("to", x.to), v("via", x.via);
}

template <class V> void members(V& v, Is<Service> auto& x) {
    v("name", x.name), v("protocol", x.protocol), v("port", x.port), v("unit", x.unit);
}

template <class V> void members(V& v, Is<File> auto& x) {
    v("path", x.path), v("content", x.content), v("mode", x.mode), v("owner", x.owner);
}

template <class V> void members(V& v, Is<User> auto& x) {
    v("name", x.name), v("password", x.password), v("credential", x.credential), v("admin", x.admin);
}

template <class V> void members(V& v, Is<Machine> auto& x) {
    v("id", x.id), v("name", x.name), v("team", x.team), v("title", x.title), v("role", x.role), v("kind", x.kind);
    v("image", x.image), v("hostname", x.hostname), v("domain", x.domain), v("uuid", x.uuid);
    v("memory_mib", x.memory_mib), v("cpus", x.cpus), v("disk_mib", x.disk_mib), v("interfaces", x.interfaces);
    v("routes", x.routes), v("forwards", x.forwards), v("nftables", x.nftables), v("services", x.services);
    v("files", x.files), v("users", x.users), v("setup", x.setup), v("reach", x.reach);
    v.later("label", x.label), v.later("needs", x.needs), v.later("seen_by", x.seen_by);
    v.later("console", x.console);
}

template <class V> void members(V& v, Is<Pause> auto& x) {
    v("from_ms", x.from), v("to_ms", x.to);
}

template <class V> void members(V& v, Is<Account> auto& x) {
    v("user", x.user), v("password", x.password);
}

template <class V> void members(V& v, Is<Check> auto& x) {
    v("id", x.id), v("name", x.name), v("title", x.title), v("team", x.team), v("service", x.service);
    v("vantage", x.vantage), v("second_vantage", x.second_vantage), v("target", x.target), v("address", x.address);
    v("port", x.port), v("type", x.type), v("params", x.params), v("period_ms", x.period), v("timeout_ms", x.timeout);
    v("confirm_failures", x.confirm_failures), v("confirm_of", x.confirm_of), v("weight_milli", x.weight_milli);
    v("twin", x.twin), v.later("tell", x.tell), v.later("pauses", x.pauses), v.later("accounts", x.accounts);
    v.later("users", x.users);
}

template <class V> void members(V& v, Is<Users> auto& x) {
    v("id", x.id), v("title", x.title);
}

template <class V> void members(V& v, Is<When> auto& x) {
    v("kind", x.kind), v("time_ms", x.time), v("ref", x.ref), v("what", x.what), v("milli", x.milli);
    v("parts", x.parts), v("text", x.text);
}

template <class V> void members(V& v, Is<Rubric::Item> auto& x) {
    v("id", x.id), v("title", x.title), v("max_milli", x.max_milli);
}

template <class V> void members(V& v, Is<Rubric> auto& x) {
    v("items", x.items);
}

template <class V> void members(V& v, Is<Expectation> auto& x) {
    v("report", x.report), v("within_ms", x.within), v("value_milli", x.value_milli), v("rubric", x.rubric);
}

template <class V> void members(V& v, Is<ActionTarget> auto& x) {
    v("team", x.team), v("agent", x.agent), v("target", x.target), v("address", x.address), v("params", x.params);
}

template <class V> void members(V& v, Is<Translation> auto& x) {
    v("language", x.language), v("subject", x.subject), v("body", x.body);
}

template <class V> void members(V& v, Is<Inject> auto& x) {
    v("id", x.id), v("kind", x.kind), v("title", x.title), v("objective", x.objective), v("controller", x.controller);
    v("label", x.label), v("approved", x.approved), v("per_team", x.per_team), v("teams", x.teams), v("when", x.when);
    v("late", x.late), v("grace_ms", x.grace), v("from", x.from), v("subject", x.subject), v("body", x.body);
    v("expects", x.expects), v("action", x.action), v("technique", x.technique), v("targets", x.targets);
    v("idempotent", x.idempotent), v("has_effect", x.has_effect), v("impact_milli", x.impact_milli);
    v("level_milli", x.level_milli), v("impact_full_ms", x.impact_full), v("restore_milli", x.restore_milli);
    v("restore_target_ms", x.restore_target), v.later("lasts_ms", x.lasts);
    v.later("held", x.held), v.later("expected", x.expected), v.later("channel", x.channel);
    v.later("translations", x.translations), v.later("proposed", x.proposed);
}

template <class V> void members(V& v, Is<Phase> auto& x) {
    v("id", x.id), v("title", x.title), v("at_ms", x.at);
}

template <class V> void members(V& v, Is<Category> auto& x) {
    v("id", x.id), v("title", x.title), v("weight_milli", x.weight_milli);
}

template <class V> void members(V& v, Is<Host> auto& x) {
    v("id", x.id), v("title", x.title), v("uri", x.uri), v("nation", x.nation), v("memory_mib", x.memory_mib);
    v("disk_mib", x.disk_mib), v("reserve_mib", x.reserve_mib), v("teams", x.teams), v("highest", x.highest);
}

template <class V> void members(V& v, Is<Quota> auto& x) {
    v("nation", x.nation), v("memory_mib", x.memory_mib);
}

template <class V> void members(V& v, Is<Plan> auto& x) {
    v("exercise", x.exercise), v("title", x.title), v("label", x.label), v("duration_ms", x.duration);
    v("teams", x.teams), v("segments", x.segments), v("machines", x.machines), v("checks", x.checks);
    v("phases", x.phases), v("injects", x.injects), v("categories", x.categories), v("services", x.services);
    v.later("notes", x.notes), v.later("groups", x.groups), v.later("hosts", x.hosts), v.later("quotas", x.quotas);
    v.later("users", x.users), v.later("charges_requested_resets", x.charges_requested_resets);
}

// The words of an enumeration, in the order of its values.
template <class E> const std::vector<std::string>& words();
template <> const std::vector<std::string>& words<MachineKind>() {
    static const std::vector<std::string> all{"container", "vm"};
    return all;
}
template <> const std::vector<std::string>& words<Inject::Kind>() {
    static const std::vector<std::string> all{"message", "action"};
    return all;
}
template <> const std::vector<std::string>& words<When::Kind>() {
    static const std::vector<std::string> all{"at",    "after",  "phase", "check", "effect", "report",
                                              "score", "manual", "all",   "any",   "not",    "grade"};
    return all;
}

class Writer {
  public:
    template <class T> void operator()(std::string_view key, const T& value) { out_[key] = json_of(value); }
    template <class T> void later(std::string_view key, const T& value) {
        static const T nothing{};
        bool says_something = false;
        if constexpr (requires { value.empty(); })
            says_something = !value.empty();
        else
            says_something = value != nothing;
        if (says_something)
            out_[key] = json_of(value);
    }

    template <class T> static json::value json_of(const T& value) {
        if constexpr (std::same_as<T, std::string>) {
            return json::string(value);
        } else if constexpr (std::same_as<T, json::object> || std::same_as<T, bool>) {
            return value;
        } else if constexpr (std::same_as<T, Millis>) {
            return static_cast<std::int64_t>(value.count());
        } else if constexpr (std::integral<T>) {
            return static_cast<std::int64_t>(value);
        } else if constexpr (std::is_enum_v<T>) {
            return json::string(words<T>().at(static_cast<std::size_t>(value)));
        } else if constexpr (std::same_as<T, std::pair<std::string, std::string>>) {
            return json::array{json::string(value.first), json::string(value.second)};
        } else if constexpr (requires { value.begin(); }) {
            json::array items;
            items.reserve(value.size());
            for (const auto& item : value)
                items.push_back(json_of(item));
            return items;
        } else {
            Writer inner;
            members(inner, value);
            return std::move(inner.out_);
        }
    }

  private:
    json::object out_;
};

// Thrown inside this file only, to leave the walk at the first fault.
struct Malformed {
    std::string message;
};

class Reader {
  public:
    Reader(const json::object& object, std::string path) : object_(object), path_(std::move(path)) {}

    template <class T> void operator()(std::string_view key, T& value) {
        const auto path = path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
        const auto* member = object_.if_contains(key);
        if (!member)
            throw Malformed{fmt::format("`{}` is missing", path)};
        read(*member, value, path);
    }
    template <class T> void later(std::string_view key, T& value) {
        if (const auto* member = object_.if_contains(key))
            read(*member, value, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key));
    }

    template <class T> static void read(const json::value& from, T& value, const std::string& path) {
        const auto want = [&path](bool ok, std::string_view what) {
            if (!ok)
                throw Malformed{fmt::format("`{}` should be {}", path, what)};
        };
        if constexpr (std::same_as<T, std::string>) {
            want(from.is_string(), "text");
            value = std::string(from.get_string());
        } else if constexpr (std::same_as<T, json::object>) {
            want(from.is_object(), "an object");
            value = from.get_object();
        } else if constexpr (std::same_as<T, bool>) {
            want(from.is_bool(), "true or false");
            value = from.get_bool();
        } else if constexpr (std::same_as<T, Millis>) {
            std::int64_t count = 0;
            read(from, count, path);
            value = Millis(count);
        } else if constexpr (std::integral<T>) {
            json::error_code ec;
            value = from.to_number<T>(ec);
            want(!ec, "a whole number in range");
        } else if constexpr (std::is_enum_v<T>) {
            std::string word;
            read(from, word, path);
            const auto& all = words<T>();
            const auto at = std::find(all.begin(), all.end(), word);
            want(at != all.end(), fmt::format("one of {}", fmt::join(all, ", ")));
            value = static_cast<T>(at - all.begin());
        } else if constexpr (std::same_as<T, std::pair<std::string, std::string>>) {
            want(from.is_array() && from.get_array().size() == 2, "a pair of texts");
            read(from.get_array()[0], value.first, path);
            read(from.get_array()[1], value.second, path);
        } else if constexpr (requires { value.emplace_back(); }) {
            want(from.is_array(), "a list");
            const auto& items = from.get_array();
            value.resize(items.size());
            for (std::size_t i = 0; i < items.size(); ++i)
                read(items[i], value[i], fmt::format("{}[{}]", path, i));
        } else {
            want(from.is_object(), "an object");
            Reader inner(from.get_object(), path);
            members(inner, value);
        }
    }

  private:
    const json::object& object_;
    std::string path_;
};

template <class T> const T* find_by_id(const std::vector<T>& all, std::string_view id) {
    for (const auto& one : all)
        if (one.id == id)
            return &one;
    return nullptr;
}

} // namespace

json::object to_json(const Plan& plan) {
    return std::move(Writer::json_of(plan).as_object());
}

Result<Plan> plan_from_json(const json::object& object) {
    try {
        Plan plan;
        Reader reader(object, "");
        members(reader, plan);
        return plan;
    } catch (const Malformed& fault) {
        return fail("plan.malformed", "", fault.message);
    }
}

std::string hash_of(const Plan& plan) {
    return sha256_hex(json::serialize(to_json(plan)));
}

const Machine* find_machine(const Plan& plan, std::string_view id) {
    return find_by_id(plan.machines, id);
}

const Team* find_team(const Plan& plan, std::string_view id) {
    return find_by_id(plan.teams, id);
}

const Inject* find_inject(const Plan& plan, std::string_view id) {
    return find_by_id(plan.injects, id);
}

const Translation* translation_for(const Plan& plan, const Inject& inject, std::string_view team) {
    const auto* reader = find_team(plan, team);
    for (const auto& one : inject.translations)
        if (reader && one.language == reader->language)
            return &one;
    return nullptr;
}

std::string_view approval_of(const Inject& inject) {
    if (inject.approved)
        return "approved";
    return inject.proposed ? "proposed" : "draft";
}

const Check* find_check(const Plan& plan, std::string_view id) {
    return find_by_id(plan.checks, id);
}

const Segment* find_segment(const Plan& plan, std::string_view id) {
    return find_by_id(plan.segments, id);
}

} // namespace testudo::plan
