#include "orchestrator/range/simulated_guest.hpp"

#include <utility>

#include "agents/protocol/base64.hpp"
#include "orchestrator/core/digest.hpp"
#include "orchestrator/range/simulated_hypervisor.hpp"

namespace testudo::range {
namespace {

constexpr Millis answer_time{2};
constexpr Millis personalise_time{1'500};

tl::unexpected<agents::Refusal> refuse(std::string code, std::string message) {
    return tl::unexpected(agents::Refusal{std::move(code), std::move(message), {}});
}

json::object outcome(bool ok, std::string detail) {
    return {{"outcome", ok ? "ok" : "failed"}, {"evidence", ok ? "seen" : ""}, {"detail", std::move(detail)}};
}

} // namespace

SimulatedGuest::SimulatedGuest(Loop& loop, SimulatedHost& host, std::string machine, const std::string& secret,
                               Millis boot)
    : loop_(loop), host_(host), machine_(std::move(machine)), up_at_(loop.clock().steady() + boot),
      agent_(secret, {machine_, "simulated", random_hex(8)},
             {[this](std::string bytes) {
                  if (channel_)
                      channel_->write(bytes);
              },
              [this](agents::Request request, std::uint64_t session) { take(std::move(request), session); }}) {}

void SimulatedGuest::recall(const Memory& memory) {
    services = memory.services;
    files = memory.files;
    registers = memory.registers;
    addresses = memory.addresses;
    spec_hash_ = memory.spec_hash;
    acts_ = memory.acts;
}

void SimulatedGuest::attach(std::unique_ptr<agents::GuestChannel> channel) {
    channel_ = std::move(channel);
    channel_->listen({[this](std::string_view bytes) {
                          if (loop_.clock().steady() >= up_at_ && !silent)
                              agent_.receive(bytes);
                      },
                      [](const Error&) {}});
}

void SimulatedGuest::take(agents::Request request, std::uint64_t session) {
    const auto takes = request.op == "personalise" ? personalise_time : answer_time;
    loop_.after(takes, [this, alive = std::weak_ptr(alive_), request = std::move(request), session] {
        if (!alive.expired() && !silent)
            agent_.reply(session, request.id, answer(request));
    });
}

agents::Reply SimulatedGuest::answer(const agents::Request& request) {
    if (request.op == "status")
        return status();
    if (request.op == "personalise")
        return personalise(object_or_empty(request.body, "spec"), text_or(request.body, "kept"));
    if (request.op == "give")
        return give(request.body);
    if (spec_hash_.empty())
        return refuse("refused.not-personalised", "no spec was put in place yet");
    if (request.op == "act")
        return act(request.body);
    if (request.op == "inspect")
        return inspect(request.body);
    if (request.op == "probe")
        return probe(request.body);
    if (request.op == "keep")
        return keep();
    if (request.op == "fetch")
        return fetch();
    return refuse("refused.unknown", request.op);
}

agents::Reply SimulatedGuest::status() const {
    json::object units;
    for (const auto& [unit, running] : services)
        units[unit] = running ? "running" : "stopped";
    return json::object{{"machine", machine_},
                        {"personalised", !spec_hash_.empty()},
                        {"spec_hash", spec_hash_},
                        {"services", std::move(units)}};
}

agents::Reply SimulatedGuest::personalise(const json::object& body, const std::string& kept) {
    const auto spec = agents::personalise_spec_from_json(body);
    if (!spec)
        return refuse("refused.params", spec.error().message);
    if (refuse_personalise)
        return refuse(refuse_personalise->code, refuse_personalise->message);
    const auto hash = text_or(body, "hash");
    if (spec_hash_ != hash) {
        if (!kept.empty() && sha256_hex(given_) != kept)
            return refuse("refused.params", "what was given is not what was kept");
        if (kept.empty())
            for (const auto& file : spec->files)
                files[file.path] = file.content;
        else
            files = json::value_to<std::map<std::string, std::string>>(*parse_json(given_));
        for (const auto& unit : spec->services)
            services[unit] = true;
        for (const auto& interface : spec->interfaces)
            for (const auto& address : {interface.ipv4, interface.ipv6})
                if (!address.empty())
                    addresses.insert(address.substr(0, address.find('/')));
        spec_hash_ = hash;
        ++personalised;
    }
    return json::object{{"spec_hash", spec_hash_}, {"steps", json::array()}};
}

// Small enough for one part.
agents::Reply SimulatedGuest::keep() {
    kept_ = json::serialize(json::value_from(files));
    return json::object{{"size", kept_.size()}, {"sha256", sha256_hex(kept_)}};
}

agents::Reply SimulatedGuest::fetch() const {
    return json::object{{"data", agents::to_base64(kept_)}};
}

agents::Reply SimulatedGuest::give(const json::object& body) {
    given_ = agents::from_base64(text_or(body, "data")).value_or("");
    return json::object{{"size", given_.size()}};
}

agents::Reply SimulatedGuest::act(const json::object& body) {
    const auto id = text_or(body, "act");
    if (const auto it = acts_.find(id); it != acts_.end())
        return tl::unexpected(agents::Refusal{"refused.repeated", "done before", it->second});
    const auto action = text_or(body, "action");
    const auto& params = object_or_empty(body, "params");
    auto result = outcome(true, "simulated " + action);
    if (action == "stop-service" || action == "start-service")
        services[text_or(params, "service")] = action == "start-service";
    else if (action == "deface") {
        const auto path = text_or(params, "path");
        files[path + ".orig"] = files[path];
        files[path] = text_or(params, "text");
    } else if (action == "plant-file")
        files[text_or(params, "path")] = text_or(params, "content");
    else if (action == "write-register") {
        auto* target = host_.guest_at(text_or(body, "address"));
        if (target == nullptr)
            result = outcome(false, "nobody has that address");
        else
            target->registers[static_cast<int>(int_or(params, "register"))] = static_cast<int>(int_or(params, "value"));
    } else if (action == "fill-quota")
        files[text_or(params, "path")] = "";
    else if (action != "sweep-ports" && action != "guess-password" && action != "beacon")
        return refuse("refused.unknown", action);
    acts_[id] = result;
    return result;
}

agents::Reply SimulatedGuest::inspect(const json::object& body) const {
    const auto action = text_or(body, "action");
    const auto& params = object_or_empty(body, "params");
    const auto running = [&] {
        const auto it = services.find(text_or(params, "service"));
        return it != services.end() && it->second;
    };
    const auto file = files.find(text_or(params, "path"));
    bool holds = false;
    if (action == "stop-service")
        holds = !running();
    else if (action == "start-service")
        holds = running();
    else if (action == "deface")
        holds = file != files.end() && file->second.find(text_or(params, "text")) != std::string::npos;
    else if (action == "plant-file" || action == "fill-quota")
        holds = file != files.end();
    else if (action == "write-register") {
        const auto it = registers.find(static_cast<int>(int_or(params, "register")));
        holds = it != registers.end() && it->second == int_or(params, "value");
    } else
        return refuse("refused.unknown", action);
    return json::object{{"holds", holds}, {"evidence", holds ? "it holds" : "it does not hold"}};
}

agents::Reply SimulatedGuest::probe(const json::object& body) const {
    const auto result = [](const char* verdict, std::string reason) {
        return json::object{{"result", verdict}, {"reason", std::move(reason)}, {"connect_us", 200}, {"total_us", 900}};
    };
    const auto* target = host_.guest_at(text_or(body, "address"));
    if (target == nullptr)
        return result("fail", "no answer");
    const auto type = text_or(body, "type");
    const auto& params = object_or_empty(body, "params");
    if (type == "icmp")
        return result("pass", "echo reply");
    // Which service has which port is not modelled: a machine whose services are not all up answers on none of them.
    for (const auto& [unit, running] : target->services)
        if (!running)
            return result("fail", "connection refused");
    if (type == "http" && params.contains("contains")) {
        for (const auto& [path, content] : target->files)
            if (!path.ends_with(".orig") && content.find(text_or(params, "contains")) != std::string::npos)
                return result("pass", "200");
        return result("wrong", "the page lacks the text that belongs there");
    }
    if (type == "modbus" && params.contains("expect")) {
        const auto it = target->registers.find(static_cast<int>(int_or(params, "register")));
        if (it != target->registers.end() && it->second != int_or(params, "expect"))
            return result("wrong", "register has " + std::to_string(it->second));
    }
    return result("pass", "");
}

} // namespace testudo::range
