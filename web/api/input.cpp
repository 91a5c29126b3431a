#include "web/api/input.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/core/utf8.hpp"

namespace testudo::web {
namespace {

// The text is UTF-8, as it comes from a JSON document.
bool holds_control(std::string_view text) {
    while (!text.empty())
        if (const auto c = take_code_point(text); !c || (is_control(*c) && *c != '\n' && *c != '\r' && *c != '\t'))
            return true;
    return false;
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == text.npos;
}

std::optional<std::int64_t> whole_number(const json::value& value) {
    json::error_code ec;
    const auto n = value.to_number<std::int64_t>(ec); // refuses fractions and what does not fit
    return value.is_number() && !ec ? std::optional(n) : std::nullopt;
}

} // namespace

Input::Input(std::string_view body) {
    if (body.empty())
        return;
    auto document = parse_json(body);
    if (!document)
        fault("", document.error().message);
    else if (!document->is_object())
        fault("", "the body must be an object");
    else
        object_ = std::move(document->get_object());
}

const json::value* Input::find(std::string_view name, bool required) {
    asked_.emplace(name);
    const auto* value = object_.if_contains(name);
    if (!value && required)
        fault(name, "is missing");
    return value;
}

std::string Input::text(std::string_view name, std::size_t max, bool required) {
    const auto* value = find(name, required);
    if (!value)
        return {};
    if (!value->is_string()) {
        fault(name, "must be a text");
        return {};
    }
    std::string text(value->get_string());
    if (text.size() > max)
        fault(name, fmt::format("is longer than {} bytes", max));
    if (holds_control(text))
        fault(name, "holds control characters");
    if (required && is_blank(text))
        fault(name, "is empty");
    return text;
}

std::int64_t Input::integer(std::string_view name, std::int64_t least, std::int64_t most) {
    const auto* value = find(name, true);
    if (!value)
        return 0;
    const auto n = whole_number(*value);
    if (!n || *n < least || *n > most)
        fault(name, fmt::format("must be a whole number from {} to {}", least, most));
    return n.value_or(0);
}

bool Input::flag(std::string_view name) {
    const auto* value = find(name, false);
    if (!value)
        return false;
    if (!value->is_bool())
        fault(name, "must be true or false");
    return value->is_bool() && value->get_bool();
}

std::size_t Input::word(std::string_view name, const std::vector<std::string_view>& words) {
    const auto* value = find(name, true);
    if (!value)
        return 0;
    const auto it =
        value->is_string() ? std::find(words.begin(), words.end(), std::string_view(value->get_string())) : words.end();
    if (it != words.end())
        return static_cast<std::size_t>(it - words.begin());
    fault(name, fmt::format("must be one of: {}", fmt::join(words, ", ")));
    return 0;
}

std::map<std::string, std::int64_t> Input::integers(std::string_view name, std::int64_t least, std::int64_t most) {
    std::map<std::string, std::int64_t> found;
    const auto* value = find(name, true);
    if (!value)
        return found;
    if (!value->is_object() || value->get_object().empty()) {
        fault(name, "must be an object with at least one member");
        return found;
    }
    for (const auto& member : value->get_object()) {
        const auto n = whole_number(member.value());
        const std::string item(member.key());
        if (!n || *n < least || *n > most)
            fault(fmt::format("{}/{}", name, item), fmt::format("must be a whole number from {} to {}", least, most));
        found[item] = n.value_or(0);
    }
    return found;
}

void Input::fault(std::string_view name, std::string_view sentence) {
    faults_.push_back({{"pointer", name.empty() ? std::string() : fmt::format("/{}", name)}, {"detail", sentence}});
}

bool Input::sound() {
    for (const auto& member : object_)
        if (!asked_.contains(std::string_view(member.key())))
            fault(std::string_view(member.key()), "is not known here");
    return faults_.empty();
}

} // namespace testudo::web
