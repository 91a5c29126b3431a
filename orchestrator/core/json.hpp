#pragma once
#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "orchestrator/core/error.hpp"

namespace testudo {

namespace json = boost::json;

// Parses one JSON document; the error names the byte offset.
Result<json::value> parse_json(std::string_view text);

// Reading with defaults: an absent member or one of another type gives the fallback.
std::string text_or(const json::object& object, std::string_view key, std::string_view fallback = "");
std::int64_t int_or(const json::object& object, std::string_view key, std::int64_t fallback = 0);
bool bool_or(const json::object& object, std::string_view key, bool fallback = false);
// An absent member or one of another type gives an empty object or array that lives forever.
const json::object& object_or_empty(const json::object& object, std::string_view key);
const json::array& array_or_empty(const json::object& object, std::string_view key);

// RFC 7396: the smallest patch that turns `from` into `to`. Neither may hold null as a member's value.
// Equal documents give an empty object.
json::object merge_patch(const json::object& from, const json::object& to);
void apply_merge_patch(json::object& target, const json::object& patch);

} // namespace testudo
