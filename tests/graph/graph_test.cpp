#include <fmt/format.h>
#include <gmock/gmock.h>
#include <regex>

#include "orchestrator/core/markup.hpp"
#include "orchestrator/graph/layout.hpp"
#include "orchestrator/graph/map.hpp"
#include "orchestrator/graph/text.hpp"
#include "orchestrator/plan/make.hpp"
#include "orchestrator/template/load.hpp"

namespace testudo::graph {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Two teams of three nations, a red one, a desk that comes in many, and titles that want to be more than text.
const std::string range = R"(testudo: 1
exercise: small
title: Small <script>alert("x")</script> & "co"
duration: 10m
teams:
  north: { colour: blue, nations: [EST] }
  south: { colour: blue, nations: [FIN, SWE] }
  crows: { colour: red, nations: [LVA] }
  control: { colour: white, nations: [LTU] }
networks:
  internet: { ipv4: 198.18.0.0/24 }
  office: { title: 'Back "office"', per: team, ipv4: "198.18.{{ team.number }}.0/24" }
machines:
  gate: { per: team, role: router, image: debian, on: { internet: "{{ 10 + team.number }}", office: 1 } }
  portal: { title: "A ]]> & <b>", per: team, image: debian, kind: vm, on: { office: 80 }, serves: { web: http } }
  desk-1: { per: team, image: debian, on: { office: 101 } }
  desk-2: { per: team, image: debian, on: { office: 102 } }
  desk-3: { per: team, image: debian, on: { office: 103 } }
  probe: { role: vantage, image: debian, on: { internet: 201 } }
  good: { role: reference, image: debian, on: { internet: 80 }, serves: { web: http } }
  crow: { team: crows, image: debian, on: { internet: 66 } }
rules:
  - { at: gate, allow: [internet -> portal.web, office -> internet, any -> office icmp], deny: crow -> office }
checks:
  portal-answers: { title: "Portal | answers", from: probe, of: portal.web, ask: { path: / } }
)";

Result<Map> map_of(const std::string& text, const View& view = {}) {
    auto loaded = template_::load_text("test.yaml", text);
    const auto plan = plan::make(loaded.template_, loaded.diagnostics);
    for (const auto& d : loaded.diagnostics)
        ADD_FAILURE() << render(d);
    return make_map(loaded.template_, plan.value_or(plan::Plan{}), view);
}

Map good_map(const View& view = {}) {
    auto map = map_of(range, view);
    EXPECT_TRUE(map.has_value());
    return map.value_or(Map{});
}

std::vector<std::string> names_of(const Map& map) {
    std::vector<std::string> names;
    for (const auto& node : map.nodes)
        names.push_back(node.name);
    return names;
}

TEST(Graph, one_team_stands_for_all) {
    const auto map = good_map();
    EXPECT_EQ(map.owners, "Each of 2 teams: North (EST) · South (FIN, SWE)");
    EXPECT_EQ(map.zones.size(), 2U);
    EXPECT_THAT(names_of(map), ElementsAre("probe", "good", "crow", "gate", "portal", "desk-1 … 3"));
    EXPECT_THAT(map.zones[1].addresses, ElementsAre("198.18.1.0/24, 198.18.2.0/24"));
    EXPECT_TRUE(map.nodes[4].addresses.empty()) << "they differ from team to team";
    EXPECT_EQ(map.nodes[5].count, 3);
}

TEST(Graph, a_team_has_its_own_addresses) {
    for (const auto* team : {"south", "2"}) {
        const auto map = good_map({team, ""});
        EXPECT_EQ(map.owners, "South (FIN, SWE)");
        EXPECT_THAT(map.zones[1].addresses, ElementsAre("198.18.2.0/24"));
        ASSERT_THAT(names_of(map), ElementsAre("gate", "portal", "desk-1 … 3"));
        EXPECT_THAT(map.nodes[1].addresses, ElementsAre("198.18.2.80"));
    }
}

TEST(Graph, a_nation_sees_what_its_team_may_see) {
    const auto map = good_map({"", "SWE"});
    EXPECT_EQ(map.owners, "South (FIN, SWE)");
    EXPECT_THAT(map.subtitle, HasSubstr("what SWE may see"));
    EXPECT_THAT(names_of(map), ElementsAre("gate", "portal", "desk-1 … 3"));
    for (const auto& rule : map.rules)
        EXPECT_THAT(rule.text(), Not(HasSubstr("crow")));
    ASSERT_EQ(map.checks.size(), 1U);
    EXPECT_TRUE(map.checks[0].vantages.empty());
    for (const auto& picture : {to_svg(map), to_dot(map), to_mermaid(map)})
        for (const auto* secret : {"probe", "good", "crow", "North", "198.18.1."})
            EXPECT_THAT(picture, Not(HasSubstr(secret)));
    EXPECT_THAT(names_of(good_map({"", "LVA"})), Contains("crow"));
    EXPECT_THAT(names_of(good_map({"", "LTU"})), AllOf(Contains("crow"), Contains("probe"), Contains("portal")));
}

TEST(Graph, a_nation_sees_no_machine_that_is_not_released_to_it) {
    auto text = range;
    text.replace(text.find("probe:"), 0,
                 "mirror: { label: REL EST, seen_by: north, image: debian, on: { internet: 90 } }\n  ");
    text.replace(text.find("duration:"), 0, "label: EXERCISE REL EST FIN SWE LVA LTU\n");
    EXPECT_THAT(names_of(map_of(text, {"", "EST"}).value()), Contains("mirror"));
    EXPECT_THAT(names_of(map_of(text, {"", "FIN"}).value()), Not(Contains("mirror")));
}

TEST(Graph, a_teams_picture_shows_what_the_team_may_see) {
    auto text = range;
    text.replace(text.find("probe:"), 0,
                 "tap: { per: team, seen_by: white, image: debian, on: { office: 50 } }\n"
                 "  news: { seen_by: blue, image: debian, on: { internet: 90 } }\n"
                 "  depot: { seen_by: south, image: debian, on: { internet: 91 } }\n  ");
    const auto map = map_of(text, {"north", ""}).value();
    EXPECT_THAT(names_of(map), ElementsAre("news", "gate", "portal", "desk-1 … 3"));
    EXPECT_THAT(map.subtitle, AllOf(HasSubstr("6 machines"), HasSubstr("what North may see")));
    for (const auto& picture : {to_svg(map), to_dot(map), to_mermaid(map)})
        for (const auto* secret : {"tap", "depot", "probe", "good", "crow"})
            EXPECT_THAT(picture, Not(HasSubstr(secret)));
    EXPECT_THAT(names_of(map_of(text, {"south", ""}).value()), Contains("depot"));
    EXPECT_THAT(names_of(map_of(text, {"north", "EST"}).value()), Not(Contains("tap")));
    const auto all = map_of(text, {"north", "white"}).value();
    EXPECT_THAT(names_of(all), AllOf(Contains("tap"), Contains("crow"), Contains("probe"), Contains("depot")));
    EXPECT_EQ(all.owners, "North (EST)");
    EXPECT_THAT(all.subtitle, Not(HasSubstr("may see")));
    EXPECT_THAT(names_of(map_of(text).value()), Contains("tap"));
}

TEST(Graph, checks_of_many_that_are_alike_are_one) {
    auto text = range;
    text.replace(
        text.find("  desk-1:"), text.find("  probe:") - text.find("  desk-1:"),
        "  desk: { count: 4, per: team, image: debian, on: { office: '{{ 100 + index }}' }, serves: { web: http } }\n");
    text += "  desks: { title: Desk answers, from: office, of: desk.web, ask: { path: / } }\n";
    text.replace(text.find("probe:"), 0, "clerk: { per: team, role: vantage, image: debian, on: { office: 200 } }\n  ");
    const auto map = map_of(text).value();
    ASSERT_EQ(map.checks.size(), 2U);
    EXPECT_EQ(map.checks[1].heading(), "Desk answers (4)");
    EXPECT_THAT(map.subtitle, HasSubstr("5 checks of each team"));
    for (const auto& picture : {to_svg(map), to_dot(map), to_mermaid(map)})
        EXPECT_THAT(picture, HasSubstr("Desk answers"));
}

TEST(Graph, who_does_not_take_part_is_told_so) {
    EXPECT_EQ(map_of(range, {"west", ""}).error().code, "graph.team");
    EXPECT_EQ(map_of(range, {"crows", ""}).error().code, "graph.team");
    EXPECT_EQ(map_of(range, {"", "NOR"}).error().code, "graph.audience");
    EXPECT_EQ(map_of(range, {"north", "SWE"}).error().code, "graph.audience");
}

TEST(Graph, rules_and_checks_are_told) {
    const auto map = good_map();
    ASSERT_EQ(map.rules.size(), 4U);
    EXPECT_EQ(map.rules[0].text(), "internet → portal: web: http 80");
    EXPECT_FALSE(map.rules[3].allow);
    EXPECT_EQ(map.checks[0].text, "http every 10s, from probe");
    EXPECT_EQ(map.nodes[4].services[0].checks, "A");
    EXPECT_EQ(map.nodes[0].checks, "A");
}

// An XML reader of our own, of as much XML as we write: tags must nest and texts be escaped.
void expect_well_formed(const std::string& xml) {
    std::vector<std::string> open;
    static const std::regex tag(
        R"re(<(/?)([a-zA-Z]+)((?:\s+[a-zA-Z-]+="[^"<]*")*)\s*(/?)>|<|&(?!(?:amp|lt|gt|quot|#39);))re");
    for (std::sregex_iterator it(xml.begin(), xml.end(), tag), end; it != end; ++it) {
        const auto& m = *it;
        ASSERT_TRUE(m[2].matched) << "at " << xml.substr(static_cast<std::size_t>(m.position()), 60);
        if (m[1].length() > 0) {
            ASSERT_FALSE(open.empty());
            ASSERT_EQ(open.back(), m[2]);
            open.pop_back();
        } else if (m[4].length() == 0) {
            open.push_back(m[2]);
        }
    }
    EXPECT_TRUE(open.empty());
}

TEST(Svg, is_well_formed_and_escapes_what_it_is_given) {
    const auto svg = to_svg(good_map());
    expect_well_formed(svg);
    EXPECT_THAT(svg,
                AllOf(Not(HasSubstr("<script")), HasSubstr("&lt;script&gt;"), HasSubstr("A ]]&gt; &amp; &lt;b&gt;")));
    EXPECT_THAT(svg, AllOf(HasSubstr("role=\"img\""), HasSubstr("<desc"), HasSubstr("prefers-color-scheme: dark")));
    EXPECT_EQ(svg, to_svg(good_map())) << "the same template gives the same picture";
}

TEST(Svg, names_all_teams_where_the_frame_has_no_room) {
    auto text = range;
    std::string more;
    for (int i = 0; i < 30; ++i)
        more += fmt::format("  far-away-{}: {{ colour: blue, nations: [NOR] }}\n", i);
    text.replace(text.find("  crows:"), 0, more);
    const auto svg = to_svg(map_of(text).value());
    EXPECT_THAT(svg, AllOf(HasSubstr("more</text>"), HasSubstr("Who takes part"), HasSubstr("29 (NOR)</text>")));
    EXPECT_THAT(to_svg(good_map()), Not(HasSubstr("Who takes part")));
}

TEST(Dot, quotes_what_it_is_given) {
    const auto dot = to_dot(good_map());
    EXPECT_THAT(dot, HasSubstr(R"(Back \"office\")"));
    EXPECT_THAT(dot, HasSubstr("n4 [label=\"portal\\nA ]]> & <b>"));
    EXPECT_THAT(dot, HasSubstr("z0 -> n4 [label=\"web: http 80\", color=\"#1d4ed8\"]"));
    EXPECT_THAT(dot, HasSubstr("A  Portal | answers (http every 10s, from probe)"));
}

TEST(Mermaid, writes_special_characters_as_entities) {
    const auto mermaid = to_mermaid(good_map());
    EXPECT_THAT(mermaid, HasSubstr("Portal #124; answers"));
    EXPECT_THAT(mermaid, Not(HasSubstr("<script")));
    EXPECT_THAT(mermaid, AllOf(HasSubstr("z0([\"198.18.0.0/24\"])"), HasSubstr("z0 --- n3"), HasSubstr("n3 --- z1")));
}

bool meet(const Box& a, const Box& b) {
    return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

TEST(Layout, nothing_covers_anything_else) {
    const auto map = good_map();
    const auto layout = lay_out(map, 100);
    for (std::size_t a = 0; a < layout.nodes.size(); ++a)
        for (std::size_t b = a + 1; b < layout.nodes.size(); ++b)
            EXPECT_FALSE(meet(layout.nodes[a], layout.nodes[b])) << map.nodes[a].name << " " << map.nodes[b].name;
    EXPECT_FALSE(meet(layout.zones[0], layout.zones[1]));
    for (const auto& box : layout.nodes)
        EXPECT_TRUE(box.x >= 0 && box.right() <= layout.width && box.bottom() <= layout.height);
}

TEST(Layout, an_arrow_goes_past_cards_that_it_does_not_mean) {
    auto text =
        range.substr(0, range.find("machines:\n")) + "machines:\n" +
        "  gate: { per: team, role: router, image: debian, on: { internet: \"{{ 10 + team.number }}\", office: 1 } }\n";
    for (int i = 0; i < 8; ++i) // a row of seven, and one below the first
        text += fmt::format("  {}: {{ per: team, image: debian, on: {{ office: {} }} }}\n", "abcdefgh"[i], i + 2);
    text += "rules: [{ at: gate, allow: [internet -> a, internet -> h] }]\n";
    const auto map = map_of(text).value();
    const auto layout = lay_out(map, 100);
    ASSERT_EQ(layout.arrows.size(), 2U);
    EXPECT_TRUE(layout.arrows[0].tail.empty());
    ASSERT_EQ(names_of(map)[1], "a");
    ASSERT_EQ(names_of(map)[8], "h");
    const auto& tail = layout.arrows[1].tail;
    ASSERT_EQ(tail.size(), 3U);
    EXPECT_EQ(tail.back().x, layout.nodes[8].x) << "it ends at the second row's card";
    for (const auto& point : tail)
        EXPECT_FALSE(meet(layout.nodes[1], Box{point.x, point.y, 1, 1})) << "and touches the first row's nowhere";
}

TEST(Layout, holds_machines_by_the_hundred) {
    auto text = range.substr(0, range.find("machines:\n")) + "machines:\n";
    for (int i = 0; i < 100; ++i)
        text += fmt::format("  m{}: {{ per: team, image: debian, on: {{ office: {} }} }}\n", i, i + 2);
    const auto map = map_of(text);
    ASSERT_TRUE(map.has_value());
    const auto layout = lay_out(*map, 100);
    EXPECT_LT(layout.width, 2400);
    expect_well_formed(to_svg(*map));
}

TEST(GraphText, is_shortened_between_characters) {
    EXPECT_THAT(wrapped("Ääkkösellinen nimi on pitkä", 12, 80, 2), testing::SizeIs(2));
    for (const auto& line : wrapped("žžžžžžžžžžžžžžžžžžžžžžžž", 12, 60, 1)) {
        EXPECT_TRUE(line.ends_with("…"));
        EXPECT_EQ(line.find("ž"), 0U);
        EXPECT_LE(width_of(line, 12), 60);
    }
    EXPECT_TRUE(wrapped("", 12, 60, 2).empty());
    EXPECT_EQ(escaped_markup("a\x01\"'<&>"), "a &quot;&#39;&lt;&amp;&gt;");
}

} // namespace
} // namespace testudo::graph
