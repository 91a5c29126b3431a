#include "web/server/problem.hpp"

#include <array>

namespace testudo::web {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 23> reasons{{
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
}};

} // namespace

std::string_view reason_of(int status) {
    for (const auto& [code, text] : reasons)
        if (code == status)
            return text;
    return "Unknown";
}

ApiResponse problem(int status, std::string_view detail, json::object more) {
    json::object body{{"type", "about:blank"}, {"title", reason_of(status)}, {"status", status}, {"detail", detail}};
    for (auto& member : more)
        body[member.key()] = std::move(member.value());
    ApiResponse response;
    response.status = status;
    response.content_type = "application/problem+json";
    response.body = json::serialize(body);
    return response;
}

} // namespace testudo::web
