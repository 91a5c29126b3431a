#include <ctime>
#include <fmt/format.h>

#include "tests/plan/planned.hpp"

// Planning must never be what one waits for. Processor time is measured, so that a busy machine fails nothing.
namespace testudo::plan {
namespace {

#ifdef NDEBUG
constexpr double allowed_seconds = 1.0;
#else
constexpr double allowed_seconds = 10.0; // without optimisation, maybe with sanitizers
#endif

void expect_quick(const std::string& text, std::size_t machines) {
    const auto begin = std::clock();
    const auto plan = planned(text);
    const auto seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    EXPECT_EQ(plan.machines.size(), machines);
    EXPECT_LT(seconds, allowed_seconds);
}

TEST(Scale, ten_thousand_machines_written_one_by_one) {
    std::string text =
        "testudo: 1\nexercise: big\nduration: 30m\nteams: { north: { colour: blue, nations: [EST] } }\nnetworks:\n";
    for (int i = 0; i < 100; ++i)
        text += fmt::format("  net{0}: {{ ipv4: 198.18.{0}.0/24, ipv6: \"2001:db8:{0}::/64\" }}\n", i);
    text += "machines:\n";
    for (int i = 0; i < 10'000; ++i)
        text +=
            fmt::format("  m{}: {{ image: debian, memory: 64 MiB, on: {{ net{}: {} }}, serves: {{ web: http }} }}\n", i,
                        i % 100, i / 100 + 2);
    expect_quick(text, 10'000);
}

TEST(Scale, four_hundred_teams_of_twenty_five_machines) {
    std::string text = "testudo: 1\nexercise: big\nduration: 30m\nteams:\n";
    for (int i = 0; i < 400; ++i)
        text += fmt::format("  t{}: {{ colour: blue, nations: [EST] }}\n", i);
    text += R"(networks:
  internet: { ipv4: 198.18.0.0/20, ipv6: "2001:db8::/64" }
  office:
    per: team
    ipv4: 198.{{ 18 + (team.number + 16) / 256 }}.{{ (team.number + 16) % 256 }}.0/24
    ipv6: "2001:db8:{{ team.number }}::/64"
machines:
  gate: { per: team, role: router, image: debian, on: { internet: "{{ 10 + team.number }}", office: 1 } }
  probe: { role: vantage, image: debian, on: { internet: 3001 } }
  good: { role: reference, image: debian, on: { internet: 3002 }, serves: { web: http } }
)";
    for (int i = 0; i < 24; ++i)
        text += fmt::format("  m{}: {{ per: team, image: debian, on: {{ office: {} }}, serves: {{ web: http }} }}\n", i,
                            i + 10);
    text += "rules: [{ at: gate, allow: internet -> office tcp/80 }]\nchecks:\n";
    for (int i = 0; i < 3; ++i)
        text += fmt::format("  c{0}: {{ from: probe, of: m{0}.web, ask: {{ path: / }} }}\n", i);
    expect_quick(text, 400 * 25 + 2);
}

} // namespace
} // namespace testudo::plan
