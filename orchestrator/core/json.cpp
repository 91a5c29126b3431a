#include "orchestrator/core/json.hpp"

#include <fmt/format.h>

namespace testudo {

Result<json::value> parse_json(std::string_view text) {
    json::stream_parser parser;
    json::error_code ec;
    const auto used = parser.write(text.data(), text.size(), ec);
    if (!ec)
        parser.finish(ec);
    if (ec)
        return fail("json.malformed", "", fmt::format("not valid JSON near byte {}: {}", used, ec.message()));
    return parser.release();
}

std::string text_or(const json::object& object, std::string_view key, std::string_view fallback) {
    const auto* v = object.if_contains(key);
    return v && v->is_string() ? std::string(v->get_string()) : std::string(fallback);
}

std::int64_t int_or(const json::object& object, std::string_view key, std::int64_t fallback) {
    const auto* v = object.if_contains(key);
    if (!v)
        return fallback;
    json::error_code ec;
    const auto n = v->to_number<std::int64_t>(ec);
    return ec ? fallback : n;
}

bool bool_or(const json::object& object, std::string_view key, bool fallback) {
    const auto* v = object.if_contains(key);
    return v && v->is_bool() ? v->get_bool() : fallback;
}

const json::object& object_or_empty(const json::object& object, std::string_view key) {
    static const json::object empty;
    const auto* v = object.if_contains(key);
    return v && v->is_object() ? v->get_object() : empty;
}

const json::array& array_or_empty(const json::object& object, std::string_view key) {
    static const json::array empty;
    const auto* v = object.if_contains(key);
    return v && v->is_array() ? v->get_array() : empty;
}

json::object merge_patch(const json::object& from, const json::object& to) {
    json::object patch;
    for (const auto& member : from)
        if (!to.contains(member.key()))
            patch[member.key()] = nullptr;
    for (const auto& member : to) {
        const auto* old = from.if_contains(member.key());
        if (!old) {
            patch[member.key()] = member.value();
        } else if (old->is_object() && member.value().is_object()) {
            auto inner = merge_patch(old->get_object(), member.value().get_object());
            if (!inner.empty())
                patch[member.key()] = std::move(inner);
        } else if (*old != member.value()) {
            patch[member.key()] = member.value();
        }
    }
    return patch;
}

void apply_merge_patch(json::object& target, const json::object& patch) {
    for (const auto& member : patch) {
        if (member.value().is_null()) {
            target.erase(member.key());
        } else if (member.value().is_object()) {
            auto& slot = target[member.key()];
            if (!slot.is_object())
                slot = json::object();
            apply_merge_patch(slot.get_object(), member.value().get_object());
        } else {
            target[member.key()] = member.value();
        }
    }
}

} // namespace testudo
