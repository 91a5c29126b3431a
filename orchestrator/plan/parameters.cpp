#include "orchestrator/plan/parameters.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "orchestrator/template/quantity.hpp"

namespace testudo::plan {
namespace {

using Kind = Parameter::Kind;
using template_::error;
using template_::Text;

constexpr Parameter within{"within", "slow_ms", Kind::duration, false, "an answer after that long is slow"};

class ValueReader {
  public:
    ValueReader(const Parameter& parameter, const template_::Scope& scope, bool v6, Draft& draft)
        : parameter_(parameter), scope_(scope), v6_(v6), draft_(draft) {}

    std::optional<json::value> read(const template_::ParameterSpec& spec) {
        const bool wants_list = parameter_.kind == Kind::texts || parameter_.kind == Kind::numbers;
        if (const auto* one = std::get_if<Text>(&spec.value)) {
            const auto value = single(*one);
            if (!value || !wants_list)
                return value;
            return json::array{*value};
        }
        if (!wants_list) {
            error(draft_.out, "T0203", spec.span, fmt::format("`{}` is one value, not a list", parameter_.word));
            return std::nullopt;
        }
        json::array all;
        for (const auto& one : std::get<std::vector<Text>>(spec.value)) {
            auto value = single(one);
            if (!value)
                return std::nullopt;
            all.push_back(std::move(*value));
        }
        return all;
    }

  private:
    std::optional<json::value> single(const Text& text) {
        const auto value = expanded(text, scope_, draft_);
        if (!value)
            return std::nullopt;
        switch (parameter_.kind) {
        case Kind::text:
        case Kind::texts:
            return json::string(*value);
        case Kind::number:
        case Kind::numbers:
            if (const auto number = template_::parse_whole_number(*value))
                return *number;
            return refuse("T0204", text, fmt::format("`{}` is no whole number", *value));
        case Kind::duration:
            if (const auto duration = template_::parse_duration(*value))
                return static_cast<std::int64_t>(duration->count());
            return refuse("T0206", text, fmt::format("`{}` is no duration", *value));
        case Kind::machine:
            if (const auto address = scope_.find(*value + (v6_ ? ".ipv6" : ".ipv4")))
                return json::string(std::get<std::string>(*address));
            return refuse("T0908", text,
                          fmt::format("there is no machine `{}` with an IPv{} address", *value, v6_ ? 6 : 4),
                          template_::suggest(*value, draft_.machine_names()));
        }
        return std::nullopt;
    }

    std::nullopt_t refuse(std::string code, const Text& text, std::string message, std::string hint = "") {
        error(draft_.out, std::move(code), text.span, std::move(message), std::move(hint));
        return std::nullopt;
    }

    const Parameter& parameter_;
    const template_::Scope& scope_;
    bool v6_;
    Draft& draft_;
};

const Parameters& lookup(const std::map<std::string_view, Parameters>& tables, std::string_view type) {
    static const Parameters none;
    const auto found = tables.find(type);
    return found == tables.end() ? none : found->second;
}

} // namespace

const Parameters& asked(std::string_view check_type) {
    static const std::map<std::string_view, Parameters> tables{
        {"http",
         {{"path", "path", Kind::text, true, "the page that is asked for"},
          {"host", "host", Kind::text, false, "the name of the site; the address if not given"}}},
        {"dns",
         {{"name", "name", Kind::text, true, "the name that is asked for"},
          {"record", "record", Kind::text, true, "A, AAAA, MX, TXT or NS"}}},
        {"smtp",
         {{"helo", "helo", Kind::text, false, "who the check says that it is"},
          {"from", "from", Kind::text, false, "the sender"},
          {"to", "to", Kind::text, false, "the recipient that must be accepted"}}},
        {"postgresql",
         {{"user", "user", Kind::text, true, "who signs in"},
          {"password", "password", Kind::text, true, "with which password"},
          {"database", "database", Kind::text, true, "to which database"},
          {"query", "query", Kind::text, false, "what is asked"}}},
        {"modbus",
         {{"unit", "unit", Kind::number, false, "the unit behind the address"},
          {"register", "register", Kind::number, true, "the holding register that is read"}}},
    };
    return lookup(tables, check_type);
}

const Parameters& expected(std::string_view check_type) {
    static const std::map<std::string_view, Parameters> tables{
        {"icmp", {within}},
        {"tcp", {{"banner", "banner", Kind::text, false, "what the first bytes hold"}, within}},
        {"http",
         {{"status", "status", Kind::number, false, "200 if not given"},
          {"contains", "contains", Kind::text, false, "what the page holds"},
          {"lacks", "lacks", Kind::text, false, "what the page must not hold"},
          within}},
        {"dns", {{"answer", "expect", Kind::text, false, "what the record holds"}, within}},
        {"ssh", {{"banner", "banner", Kind::text, false, "what the greeting holds"}, within}},
        {"smtp", {within}},
        {"postgresql", {{"value", "expect", Kind::text, false, "the first value of the answer"}, within}},
        {"modbus",
         {{"value", "expect", Kind::number, false, "what the register holds"},
          {"min", "min", Kind::number, false, "the least that it may hold"},
          {"max", "max", Kind::number, false, "the most that it may hold"},
          within}},
    };
    return lookup(tables, check_type);
}

const Action* find_action(std::string_view name) {
    static const std::vector<Action> actions{
        {"stop-service",
         true,
         true,
         true,
         "",
         {{"service", "service", Kind::text, false, "the Debian service; that of `on: MACHINE.SERVICE` if not given"}}},
        {"start-service",
         true,
         false,
         true,
         "",
         {{"service", "service", Kind::text, false, "the Debian service; that of `on: MACHINE.SERVICE` if not given"}}},
        {"deface",
         true,
         true,
         true,
         "",
         {{"path", "path", Kind::text, true, "the page that is replaced"},
          {"text", "text", Kind::text, true, "what it says then"}}},
        {"plant-file",
         true,
         true,
         true,
         "",
         {{"path", "path", Kind::text, true, "where it is put"},
          {"content", "content", Kind::text, true, "what is in it"}}},
        {"sweep-ports",
         false,
         false,
         true,
         "",
         {{"ports", "ports", Kind::numbers, true, "which ports are tried; TCP connects only"}}},
        {"guess-password",
         false,
         false,
         false,
         "ssh",
         {{"user", "user", Kind::text, true, "whose password is guessed"},
          {"passwords", "passwords", Kind::texts, true, "the guesses, at most 20"}}},
        {"beacon",
         true,
         false,
         false,
         "",
         {{"to", "address", Kind::machine, true, "the machine that is called"},
          {"port", "port", Kind::number, true, "on which port"},
          {"count", "count", Kind::number, false, "how often"},
          {"interval", "interval_ms", Kind::duration, false, "how long between two calls"}}},
        {"write-register",
         false,
         true,
         true,
         "modbus",
         {{"register", "register", Kind::number, true, "the holding register that is written"},
          {"value", "value", Kind::number, true, "what is written"}}},
        {"fill-quota",
         true,
         true,
         true,
         "",
         {{"path", "path", Kind::text, true, "the file that grows"},
          {"mib", "mib", Kind::number, true, "to this size"}}},
    };
    const auto found = std::find_if(actions.begin(), actions.end(), [name](const Action& a) { return a.name == name; });
    return found == actions.end() ? nullptr : &*found;
}

Millis longest_work(std::string_view action, const json::object& params) {
    // What the agent gives each call and each guess before it goes on to the next.
    constexpr std::int64_t call_ms = 2'000;
    constexpr std::int64_t guess_ms = 15'000;
    if (action == "beacon")
        return Millis(int_or(params, "count", 1) * (int_or(params, "interval_ms", 1'000) + call_ms));
    if (action == "guess-password")
        return Millis(static_cast<std::int64_t>(array_or_empty(params, "passwords").size()) * guess_ms);
    return Millis(0);
}

void read_parameters(const std::vector<template_::ParameterSpec>& given, const Parameters& known, std::string_view of,
                     const template_::Scope& scope, bool v6, const Span& where, Draft& draft, json::object& params) {
    std::vector<std::string> words;
    for (const auto& parameter : known)
        words.emplace_back(parameter.word);
    for (const auto& spec : given) {
        const auto found = std::find(words.begin(), words.end(), spec.name);
        if (found == words.end()) {
            error(draft.out, "T0201", spec.name_span, fmt::format("the key `{}` is not known in {}", spec.name, of),
                  template_::suggest(spec.name, words));
            continue;
        }
        const auto& parameter = known[static_cast<std::size_t>(found - words.begin())];
        if (auto value = ValueReader(parameter, scope, v6, draft).read(spec))
            params[parameter.name] = std::move(*value);
    }
    for (const auto& parameter : known)
        if (parameter.required && std::none_of(given.begin(), given.end(),
                                               [&parameter](const auto& spec) { return spec.name == parameter.word; }))
            error(draft.out, "T0202", where, fmt::format("{} needs the key `{}`", of, parameter.word),
                  std::string(parameter.doc));
}

} // namespace testudo::plan
