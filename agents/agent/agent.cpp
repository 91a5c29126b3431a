#include "agents/agent/agent.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "agents/actions/local_file.hpp"
#include "agents/actions/services.hpp"
#include "agents/agent/load.hpp"
#include "agents/agent/renewal.hpp"
#include "agents/isolation/census.hpp"
#include "agents/isolation/knock.hpp"
#include "agents/isolation/trial.hpp"
#include "agents/probes/probe.hpp"
#include "orchestrator/core/digest.hpp"

namespace testudo::agents {
namespace {

constexpr const char* version = "0.1.0";
// Gone with a restart of the machine, which also takes the addresses and routes with it.
constexpr const char* memory_file = "/run/testudo/personalised.json";
constexpr int most_probes = 512;

Reply refusal(std::string code, std::string message) {
    return tl::unexpected(Refusal{std::move(code), std::move(message), {}});
}

Reply refusal(const Error& error) {
    return refusal(error.code, error.object.empty() ? error.message : error.object + ": " + error.message);
}

json::array strings(const std::vector<std::string>& list) {
    return json::array(list.begin(), list.end());
}

std::vector<std::string> strings_from(const json::object& object, std::string_view key) {
    std::vector<std::string> out;
    for (const auto& v : array_or_empty(object, key))
        if (v.is_string())
            out.emplace_back(v.get_string());
    return out;
}

Result<ActionRequest> action_request(const json::object& body) {
    ActionRequest request{text_or(body, "action"), object_or_empty(body, "params"), std::nullopt};
    if (const auto text = text_or(body, "address"); !text.empty()) {
        auto address = parse_address(text);
        if (!address)
            return tl::unexpected(address.error());
        request.address = std::move(*address);
    }
    return request;
}

} // namespace

Agent::Agent(boost::asio::io_context& io, Commands& commands, const Settings& settings)
    : io_(io), commands_(commands), settings_(settings), boot_(random_hex(16)),
      device_(io, settings.channel, [this](std::string_view bytes) { session_.receive(bytes); }),
      session_(settings.secret, {settings.machine, version, boot_},
               {[this](std::string bytes) { device_.write(std::move(bytes)); },
                [this](const Request& request, std::uint64_t session) {
                    take(request,
                         [this, session, id = request.id](const Reply& reply) { session_.reply(session, id, reply); });
                },
                [this] { wake(); }}),
      surroundings_{io, commands, {}}, actions_(surroundings_), personaliser_(io, commands), lost_time_(io),
      settling_(io, commands) {
    recall();
}

void Agent::start() {
    device_.start();
}

void Agent::wake() {
    if (settings_.machine_file.empty()) // a container's: never restored, and its clock is the host's
        return;
    const bool cloned = read_identity_again(settings_);
    if (!lost_time_.make_up() && !cloned)
        return;
    reseed(settings_.secret);
    if (!cloned)
        return;
    renew_identity();
    boot_ = random_hex(16);
    spec_hash_.clear();
    reach_.clear();
    services_.clear();
    surroundings_.reach = {};
    acts_ = {};
    session_.become(settings_.secret, {settings_.machine, version, boot_});
}

void Agent::take(const Request& request, const Answer& answer) {
    if (request.op == "status")
        return status(request, answer);
    if (request.op == "personalise")
        return personalise(request, answer);
    if (request.op == "settle")
        return settle(answer);
    if (request.op == "give")
        return give(request, answer);
    using Operation = void (Agent::*)(const Request&, const Answer&);
    static const std::map<std::string, Operation, std::less<>> operations{
        {"act", &Agent::act},           {"inspect", &Agent::inspect}, {"probe", &Agent::probe},
        {"knock", &Agent::knock},       {"census", &Agent::census},   {"emit", &Agent::emit},
        {"overhear", &Agent::overhear}, {"keep", &Agent::keep},       {"fetch", &Agent::fetch},
    };
    const auto operation = operations.find(request.op);
    if (operation == operations.end())
        return answer(refusal("refused.unknown", "there is no operation " + request.op));
    if (spec_hash_.empty())
        return answer(refusal("refused.not-personalised", "this machine is not set up yet"));
    (this->*operation->second)(request, answer);
}

void Agent::status(const Request& request, const Answer& answer) {
    const auto load = current_load();
    struct Gathered {
        json::object result;
        json::object services;
        std::size_t left;
    };
    auto gathered = std::make_shared<Gathered>();
    gathered->result = {{"machine", settings_.machine},
                        {"boot", boot_},
                        {"personalised", !spec_hash_.empty()},
                        {"spec_hash", spec_hash_},
                        {"uptime_ms", load.uptime_ms},
                        {"load_milli", load.load_milli},
                        {"memory_used_kib", load.memory_used_kib}};
    // Asking for services starts programs, which a mere sign of life is not worth.
    if (bool_or(request.body, "brief"))
        return answer(gathered->result);
    gathered->left = services_.size();
    const auto finish = [gathered, answer] {
        gathered->result["services"] = gathered->services;
        answer(gathered->result);
    };
    if (services_.empty())
        return finish();
    for (const auto& unit : services_)
        is_service_running(commands_, unit, [gathered, unit, finish](bool running) {
            gathered->services[unit] = running ? "running" : "stopped";
            if (--gathered->left == 0)
                finish();
        });
}

void Agent::settle(const Answer& answer) {
    settling_.run([this, answer](const std::string& state) {
        answer(json::object{{"state", state}, {"renews", !settings_.machine_file.empty()}});
    });
}

void Agent::personalise(const Request& request, const Answer& answer) {
    auto spec = personalise_spec_from_json(object_or_empty(request.body, "spec"));
    if (!spec)
        return answer(refusal(spec.error()));
    const auto hash = hash_of(*spec);
    if (!hash_under_way_.empty()) {
        if (hash != hash_under_way_)
            return answer(refusal("failed", "another personalisation is under way"));
        waiting_.push_back(answer);
        return;
    }
    if (hash == spec_hash_)
        return answer(json::object{{"spec_hash", hash}, {"steps", json::array{}}});
    if (const auto reach = Reach::parse(spec->reach); !reach)
        return answer(refusal(reach.error()));
    const auto kept = text_or(request.body, "kept");
    if (!kept.empty())
        if (const auto there = snapshot_.put_back(kept); !there)
            return answer(refusal(there.error()));
    hash_under_way_ = hash;
    spec_hash_.clear(); // neither the old one nor the new one until all of it is in place
    waiting_.push_back(answer);
    personaliser_.run(*spec, !kept.empty(), [this, spec = *spec](const Result<json::array>& steps) {
        const auto hash_done = std::exchange(hash_under_way_, {});
        if (steps)
            personalised(spec);
        for (const auto& waiting : std::exchange(waiting_, {}))
            waiting(steps ? Reply(json::object{{"spec_hash", hash_done}, {"steps", *steps}}) : refusal(steps.error()));
    });
}

void Agent::personalised(const PersonaliseSpec& spec) {
    spec_hash_ = hash_of(spec);
    reach_ = spec.reach;
    services_ = spec.services;
    surroundings_.reach = *Reach::parse(reach_);
    remember();
}

void Agent::remember() const {
    const json::object kept{{"spec_hash", spec_hash_}, {"reach", strings(reach_)}, {"services", strings(services_)}};
    // If this fails, a restarted agent is personalised again, which does no harm.
    (void)replace_file(memory_file, json::serialize(kept), {0600, 0, 0});
}

void Agent::recall() {
    const auto text = read_file(memory_file);
    const auto kept = text ? parse_json(*text) : fail("failed", memory_file, "not there");
    if (!kept || !kept->is_object())
        return;
    const auto reach = strings_from(kept->get_object(), "reach");
    const auto parsed = Reach::parse(reach);
    if (!parsed)
        return;
    spec_hash_ = text_or(kept->get_object(), "spec_hash");
    reach_ = reach;
    services_ = strings_from(kept->get_object(), "services");
    surroundings_.reach = *parsed;
}

void Agent::act(const Request& request, const Answer& answer) {
    const auto id = text_or(request.body, "act");
    auto action = action_request(request.body);
    if (id.empty())
        return answer(refusal("refused.params", "an act needs its id"));
    if (!action)
        return answer(refusal(action.error()));
    if (!acts_.begin(id, answer))
        return;
    actions_.run(*action, [this, id, answer](const Result<ActionResult>& result) {
        const auto reply = result ? Reply(json::object{{"outcome", result->ok ? "ok" : "failed"},
                                                       {"evidence", result->evidence},
                                                       {"detail", result->detail}})
                                  : refusal(result.error());
        answer(reply);
        acts_.finish(id, reply);
    });
}

void Agent::inspect(const Request& request, const Answer& answer) {
    auto action = action_request(request.body);
    if (!action)
        return answer(refusal(action.error()));
    actions_.inspect(*action, [answer](const Result<Inspection>& result) {
        answer(result ? Reply(json::object{{"holds", result->holds}, {"evidence", result->evidence}})
                      : refusal(result.error()));
    });
}

void Agent::probe(const Request& request, const Answer& answer) {
    auto probe = probe_request_from_json(request.body);
    if (!probe)
        return answer(refusal(probe.error()));
    if (const auto allowed = surroundings_.reach.check(probe->address); !allowed)
        return answer(refusal(allowed.error()));
    if (probes_under_way_ >= most_probes)
        return answer(to_json(ProbeResult{ProbeOutcome::error, "too many probes at once at this vantage", 0, 0}));
    ++probes_under_way_;
    const auto started = start_probe(io_, std::move(*probe), [this, answer](const ProbeResult& result) {
        --probes_under_way_;
        answer(to_json(result));
    });
    if (!started) {
        --probes_under_way_;
        answer(refusal(started.error()));
    }
}

// Not held to `reach`: it is there to find that what is beyond does not answer.
void Agent::knock(const Request& request, const Answer& answer) {
    const auto knocks = knocks_from_json(request.body);
    if (!knocks)
        return answer(refusal(knocks.error()));
    const auto timeout = std::clamp<std::int64_t>(int_or(request.body, "timeout_ms", 1'500), 100, 5'000);
    agents::knock(io_, *knocks, Millis(timeout), [answer](const std::vector<std::string>& words) {
        answer(json::object{{"answers", strings(words)}});
    });
}

void Agent::census(const Request& request, const Answer& answer) {
    const auto asked = census_from_json(request.body);
    if (!asked)
        return answer(refusal(asked.error()));
    agents::census(io_, *asked, [answer](const Result<Neighbours>& heard) {
        if (!heard)
            return answer(refusal(heard.error()));
        json::array neighbours;
        for (const auto& [mac, addresses] : *heard)
            neighbours.push_back(json::object{{"mac", mac}, {"addresses", json::value_from(addresses)}});
        answer(json::object{{"neighbours", std::move(neighbours)}});
    });
}

void Agent::emit(const Request& request, const Answer& answer) {
    const auto asked = emit_from_json(request.body);
    if (!asked)
        return answer(refusal(asked.error()));
    agents::emit(io_, *asked, [answer](const Result<std::vector<std::string>>& sent) {
        answer(sent ? Reply(json::object{{"sent", strings(*sent)}}) : refusal(sent.error()));
    });
}

void Agent::overhear(const Request& request, const Answer& answer) {
    const auto asked = overhear_from_json(request.body);
    if (!asked)
        return answer(refusal(asked.error()));
    agents::overhear(io_, *asked, [answer](const Result<std::set<std::string>>& heard) {
        answer(heard ? Reply(json::object{{"heard", json::value_from(*heard)}}) : refusal(heard.error()));
    });
}

// A virtual machine is saved whole by its host.
void Agent::keep(const Request&, const Answer& answer) {
    if (!settings_.init)
        return answer(refusal("refused.unknown", "only the first program of a container keeps its files"));
    answer(snapshot_.keep());
}

void Agent::fetch(const Request& request, const Answer& answer) {
    answer(snapshot_.fetch(request.body));
}

void Agent::give(const Request& request, const Answer& answer) {
    if (!settings_.init)
        return answer(refusal("refused.unknown", "only the first program of a container takes files back"));
    answer(snapshot_.give(request.body));
}

} // namespace testudo::agents
