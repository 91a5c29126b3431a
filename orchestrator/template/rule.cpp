#include "orchestrator/template/rule.hpp"

#include <fmt/format.h>

#include "orchestrator/template/quantity.hpp"
#include "orchestrator/template/words.hpp"

namespace testudo::template_ {
namespace {

bool read_port(std::string_view text, int& port) {
    const auto n = parse_whole_number(text);
    if (!n || *n < 1 || *n > 65535)
        return false;
    port = static_cast<int>(*n);
    return true;
}

// "tcp/22", "udp/1024-2048", "tcp", "icmp"
bool read_protocol(const std::string& word, RuleText& rule) {
    const auto slash = word.find('/');
    rule.protocol = word.substr(0, slash);
    if (rule.protocol == "icmp")
        return slash == std::string::npos;
    if (rule.protocol != "tcp" && rule.protocol != "udp")
        return false;
    if (slash == std::string::npos)
        return true;
    const auto ports = word.substr(slash + 1);
    const auto dash = ports.find('-');
    if (!read_port(ports.substr(0, dash), rule.first_port))
        return false;
    rule.last_port = rule.first_port;
    return dash == std::string::npos ||
           (read_port(ports.substr(dash + 1), rule.last_port) && rule.last_port >= rule.first_port);
}

} // namespace

RuleText parse_rule(const Text& text, Diagnostics& out) {
    RuleText rule;
    rule.text = text;
    const auto words = words_of(text);
    if (words.size() < 3 || words.size() > 4 || words[1].value != "->") {
        error(out, "T0701", text.span, fmt::format("`{}` is no rule", text.value),
              "write `SOURCE -> DESTINATION`, for example `internet -> portal.web` or `dmz -> office tcp/22`");
        return rule;
    }
    rule.from = words[0];
    rule.to = words[2];
    if (const auto dot = rule.to.value.find('.'); dot != std::string::npos) {
        const auto whole = rule.to;
        rule.service = Text{whole.value.substr(dot + 1), part_of(whole, dot + 1, whole.value.size())};
        rule.to = Text{whole.value.substr(0, dot), part_of(whole, 0, dot)};
    }
    if (words.size() == 4 && (rule.service.given() || !read_protocol(words[3].value, rule))) {
        error(out, "T0701", words[3].span, fmt::format("`{}` is not understood in a rule", words[3].value),
              rule.service.given() ? "the service says protocol and port already"
                                   : "write `tcp/22`, `udp/53`, `tcp/1024-2048`, `tcp`, `udp` or `icmp`");
        return rule;
    }
    rule.valid = true;
    return rule;
}

} // namespace testudo::template_
