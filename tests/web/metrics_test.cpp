#include <gmock/gmock.h>

#include "tests/web/raw_client.hpp"
#include "tests/web/running_server.hpp"

namespace testudo::web {
namespace {

using testing::HasSubstr;

TEST(Metrics, AreForLoopbackAndTheWhiteTeam) {
    RunningServer run;
    const auto answer = ask(run.port(), request_text("GET", "/metrics"));
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_THAT(field_of(answer, "Content-Type"), HasSubstr("version=0.0.4"));
    // From elsewhere by way of a proxy on this machine.
    const std::string_view forwarded = "X-Forwarded-For: 198.18.0.9\r\n";
    EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/metrics", "", "", forwarded))), 401);
    EXPECT_EQ(status_of(ask(run.port(), "GET /metrics HTTP/1.1\r\nHost: range.example\r\n\r\n")), 401);
    EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/metrics", run.north, "", forwarded))), 403);
    EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/metrics", run.white, "", forwarded))), 200);
}

TEST(Metrics, KnowALoopbackNameFromOneThatBeginsLikeIt) {
    RunningServer run;
    const auto status = [&run](const std::string& host) {
        return status_of(ask(run.port(), "GET /metrics HTTP/1.1\r\nHost: " + host + "\r\n\r\n"));
    };
    for (const auto* host : {"localhost", "127.0.0.1:8080", "[::1]", "[::1]:8080", "localhost:80"})
        EXPECT_EQ(status(host), 200) << host;
    for (const auto* host : {"localhost:80@evil", "localhost.evil", "localhost:", "127.0.0.1.evil:80", "[::1]evil",
                             "[::1]:8080x", "evil@localhost", "localhost:80:80"})
        EXPECT_EQ(status(host), 401) << host;
}

TEST(Metrics, CountRequestsAndShowTheDomain) {
    RunningServer run;
    ask(run.port(), request_text("GET", "/api/v1/me", run.white));
    ask(run.port(), request_text("GET", "/api/v1/me", "wrong"));
    run.server->set_domain_gauges(
        {.events_appended = 42, .agents_connected = 3, .team_score_milli = {{"north", 1500}}});
    const auto text = body_of(ask(run.port(), request_text("GET", "/metrics")));
    EXPECT_THAT(text, HasSubstr("testudo_http_requests_total{class=\"2xx\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("testudo_http_requests_total{class=\"4xx\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("testudo_sign_in_failures_total 1\n"));
    EXPECT_THAT(text, HasSubstr("testudo_events_appended 42\n"));
    EXPECT_THAT(text, HasSubstr("testudo_agents_connected 3\n"));
    EXPECT_THAT(text, HasSubstr("testudo_team_score{team=\"north\"} 1.5\n"));
    EXPECT_THAT(text, HasSubstr("# TYPE testudo_live_frame_delay_seconds histogram\n"));
}

} // namespace
} // namespace testudo::web
