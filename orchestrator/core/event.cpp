#include "orchestrator/core/event.hpp"

#include "orchestrator/core/digest.hpp"

namespace testudo {

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
    if (!value->is_object() || !value->get_object().contains("seq") || !value->get_object().contains("kind"))
        return fail("event.malformed", "", "not an event: an object with seq and kind is expected");
    const auto& object = value->get_object();
    Event event;
    event.seq = static_cast<std::uint64_t>(int_or(object, "seq"));
    event.wall_ms = int_or(object, "wall_ms");
    event.exercise_ms = int_or(object, "exercise_ms", -1);
    event.kind = text_or(object, "kind");
    event.scope = text_or(object, "scope");
    event.label = text_or(object, "label");
    event.body = object_or_empty(object, "body");
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
