#include "orchestrator/core/event.hpp"

#include <algorithm>

#include "orchestrator/core/digest.hpp"

namespace testudo {
namespace {

// A fraction need not be written as it was read, and the chain hashes what is written.
bool has_fraction(const json::value& value) {
    if (const auto* array = value.if_array())
        return std::ranges::any_of(*array, has_fraction);
    if (const auto* object = value.if_object())
        return std::ranges::any_of(*object, [](const auto& member) { return has_fraction(member.value()); });
    return value.is_double();
}

} // namespace

std::string encode(const Event& event) {
    json::object line;
    line["seq"] = event.seq;
    line["wall_ms"] = event.wall_ms;
    line["exercise_ms"] = event.exercise_ms;
    line["kind"] = event.kind;
    line["scope"] = event.scope;
    line["label"] = event.label;
    line["body"] = event.body;
    return json::serialize(line);
}

Result<Event> decode_event(std::string_view line) {
    auto value = parse_json(line);
    if (!value)
        return tl::unexpected(value.error());
    const auto* object = value->if_object();
    const auto member = [object](std::string_view key) {
        return object == nullptr ? nullptr : object->if_contains(key);
    };
    const auto* seq = member("seq");
    const auto* wall = member("wall_ms");
    const auto* exercise = member("exercise_ms");
    const auto* kind = member("kind");
    const auto* scope = member("scope");
    const auto* label = member("label");
    const auto* body = member("body");
    // A log may come from outside, in an archive: a default in the place of what is missing or of another type would be
    // a made-up fact.
    const bool whole = seq && seq->is_int64() && seq->get_int64() > 0 && wall && wall->is_int64() && exercise &&
                       exercise->is_int64() && kind && kind->is_string() && !kind->get_string().empty() && scope &&
                       scope->is_string() && label && label->is_string() && body && body->is_object();
    if (!whole || object->size() != 7)
        return fail(
            "event.malformed", "",
            "not an event: an object with seq (from 1), wall_ms, exercise_ms, kind, scope, label and body is expected");
    if (has_fraction(*body))
        return fail("event.malformed", "", "not an event: its body has a number that is no 64-bit integer");
    Event event;
    event.seq = static_cast<std::uint64_t>(seq->get_int64());
    event.wall_ms = wall->get_int64();
    event.exercise_ms = exercise->get_int64();
    event.kind = kind->get_string();
    event.scope = scope->get_string();
    event.label = label->get_string();
    event.body = body->get_object();
    return event;
}

std::string chain(std::string_view previous_hash_hex, const Event& event) {
    return sha256_hex(std::string(previous_hash_hex) + encode(event));
}

Result<std::uint64_t> MemoryEventStore::append(std::vector<Event>& events) {
    const auto first = events_.size() + 1;
    for (auto& event : events) {
        event.seq = events_.size() + 1;
        head_ = chain(head_, event);
        events_.push_back(event);
    }
    return first;
}

Result<void> MemoryEventStore::read(std::uint64_t from, const std::function<bool(const Event&)>& each) const {
    for (std::size_t i = from == 0 ? 0 : from - 1; i < events_.size(); ++i)
        if (!each(events_[i]))
            break;
    return {};
}

} // namespace testudo
