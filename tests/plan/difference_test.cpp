#include "orchestrator/plan/difference.hpp"

#include <gmock/gmock.h>

#include "tests/plan/planned.hpp"

// Stories of what an author changes in a template, and what is told of it.
namespace testudo::plan {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

const std::string rest = R"(rules:
  - at: gate
    allow: [internet -> portal.web, office -> internet]
checks:
  page: { from: probe-1, of: portal.web, ask: { path: / } }
phases: { attack: { at: T+0s } }
timeline:
  - { message: advisory, at: T+1m, from: CERT, subject: Look out, body: "Look out.", expects: { report: incident, within: 5m, rubric: { facts: 10 } } }
  - { action: deface, id: defaced, at: T+2m, on: portal, with: { path: /var/www/html/index.html, text: Ours }, impact: { points: 30, level: user, full_after: 8m } }
scoring: { availability: 600, impact: 400 }
)";

std::string edited(const std::string& what, const std::string& with) {
    auto text = small_range + rest;
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

std::vector<Difference> after(const std::string& what, const std::string& with) {
    return difference(planned(small_range + rest), planned(edited(what, with)));
}

std::vector<std::string> lines(const std::vector<Difference>& all) {
    std::vector<std::string> out;
    for (const auto& d : all) {
        const auto sign = d.kind == Difference::Kind::added ? "+" : d.kind == Difference::Kind::removed ? "-" : "~";
        out.push_back(std::string(sign) + " " + d.object + " " + d.id + ": " + std::string(word_of(d.consequence)));
    }
    return out;
}

TEST(Diff, the_same_template_has_none) {
    const auto plan = planned(small_range + rest);
    EXPECT_THAT(difference(plan, plan), IsEmpty());
    EXPECT_EQ(describe({}), "no difference\n");
}

TEST(Diff, an_inject_that_comes_later_changes_nothing_on_the_range) {
    const auto all = after("at: T+2m", "at: T+3m");
    EXPECT_THAT(lines(all), ElementsAre("~ inject defaced: nothing on the range"));
    EXPECT_THAT(describe(all), HasSubstr("    when: T+2m -> T+3m\n"));
}

TEST(Diff, points_and_times_are_told_in_the_words_of_the_template) {
    EXPECT_THAT(describe(after("full_after: 8m", "full_after: 90s")), HasSubstr("    impact_full: 8m -> 1m30s\n"));
    const auto scores = describe(after("availability: 600, impact: 400", "availability: 500, impact: 500"));
    EXPECT_THAT(scores, HasSubstr("~ score availability: changed; nothing on the range\n"
                                  "    weight: 600 points -> 500 points\n"));
}

TEST(Diff, more_memory_means_another_machine_and_is_told_once_for_all_teams) {
    const auto all = after("    image: debian\n    on: { office: 80 }",
                           "    image: debian\n    memory: 128 MiB\n    on: { office: 80 }");
    EXPECT_THAT(lines(all),
                ElementsAre("~ machine portal@north: machine rebuilt", "~ machine portal@south: machine rebuilt"));
    EXPECT_THAT(describe(all), HasSubstr("~ machine portal of north, south: changed; machine rebuilt\n"
                                         "    memory: 64 -> 128 MiB\n"));
}

TEST(Diff, another_file_means_that_the_agent_is_told_something_else) {
    const auto all = after("crow at {{ crow.ipv6 }}", "crow is away");
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].consequence, Consequence::personalised);
    ASSERT_EQ(all[0].members.size(), 1U);
    EXPECT_EQ(all[0].members[0].path, "files[/etc/motd].content");
    EXPECT_EQ(all[0].members[0].to, "North: 198.18.1.80, crow is away");
}

TEST(Diff, texts_that_differ_by_blanks_only_are_told_too) {
    auto plan = planned(small_range + rest);
    plan.injects[0].body = std::string(70, 'x') + "\n  y";
    for (const auto* end : {"\n  y\n", "\ny", "\n  y\n\n"}) {
        auto other = plan;
        other.injects[0].body = std::string(70, 'x') + end;
        EXPECT_THAT(describe(difference(plan, other)), HasSubstr("    body: "));
    }
}

TEST(Diff, another_number_moves_a_machine_and_what_looks_at_it) {
    const auto all = after("on: { office: 80 }", "on: { office: 81 }");
    const auto found = lines(all);
    EXPECT_THAT(found, Contains("~ machine portal@north: agent re-personalised"));
    EXPECT_THAT(found, Contains("~ machine gate@north: agent re-personalised")) << "its rules name the portal";
    EXPECT_THAT(found, Contains("~ rule allow gate@north: internet -> portal.web: agent re-personalised"));
    EXPECT_THAT(found, Contains("~ check page@north: nothing on the range"));
    EXPECT_THAT(found, Not(Contains(HasSubstr("crow"))));
    EXPECT_THAT(found, Not(Contains(HasSubstr("segment"))));
}

TEST(Diff, another_network_address_changes_the_machines_in_it_but_not_the_network) {
    const auto found = lines(after("198.18.{{ team.number }}.0/24", "198.18.{{ 20 + team.number }}.0/24"));
    EXPECT_THAT(found, Contains("~ segment office@north: nothing on the range"));
    EXPECT_THAT(found, Contains("~ machine portal@north: agent re-personalised"));
    EXPECT_THAT(found, Not(Contains(HasSubstr("machine rebuilt"))));
}

TEST(Diff, a_new_rule_is_told_as_it_is_written) {
    const auto all = after("office -> internet]", "office -> internet, internet -> portal.ssh]");
    EXPECT_THAT(lines(all),
                UnorderedElementsAre("~ machine gate@north: agent re-personalised",
                                     "~ machine gate@south: agent re-personalised",
                                     "+ rule allow gate@north: internet -> portal.ssh: agent re-personalised",
                                     "+ rule allow gate@south: internet -> portal.ssh: agent re-personalised"));
    EXPECT_THAT(describe(all), HasSubstr("+ rule allow gate: internet -> portal.ssh of north, south: added"));
}

TEST(Diff, a_new_machine_is_made_and_the_others_of_its_team_are_told_its_name) {
    const auto all = after("  probe-1:", "  wiki: { per: team, image: debian, on: { office: 90 } }\n  probe-1:");
    const auto found = lines(all);
    EXPECT_THAT(found, Contains("+ machine wiki@north: machine rebuilt"));
    EXPECT_THAT(found, Contains("~ machine portal@north: agent re-personalised"));
    EXPECT_THAT(found, Not(Contains(HasSubstr("crow"))));
    EXPECT_THAT(describe(all), HasSubstr("+ machine wiki of north, south: added; machine made\n"));
    EXPECT_THAT(describe(all), HasSubstr("2 x machine made"));
}

TEST(Diff, a_team_less_takes_all_that_was_its_own) {
    const auto found = lines(after("  south: { colour: blue, nations: [FIN, SWE] }\n", ""));
    EXPECT_THAT(found, Contains("- team south: nothing on the range"));
    EXPECT_THAT(found, Contains("- segment office@south: network rebuilt"));
    EXPECT_THAT(found, Contains("- machine portal@south: machine rebuilt"));
    EXPECT_THAT(found, Contains("- check page@south: nothing on the range"));
    EXPECT_THAT(found, Contains("~ inject defaced: nothing on the range")) << "it has a target less";
}

TEST(Diff, another_name_of_the_exercise_is_another_range) {
    const auto all = after("exercise: small", "exercise: smaller");
    EXPECT_THAT(lines(all), Contains("~ segment internet: network rebuilt"));
    EXPECT_THAT(lines(all), Contains("~ machine crow: machine rebuilt"));
}

TEST(Diff, nothing_that_makes_another_plan_goes_untold) {
    const auto plan = planned(small_range + rest);
    std::vector<Plan> others(5, plan);
    others[0].groups.push_back({"NATO", "NATO", {"EST"}, "2026-01-01"});
    others[1].quotas.push_back({"EST", 4096});
    others[2].notes.emplace_back("read otherwise than written");
    others[3].machines[0].needs.emplace_back("crow");
    others[4].services.emplace_back("extra", "Extra");
    for (const auto& other : others) {
        EXPECT_NE(hash_of(plan), hash_of(other));
        EXPECT_EQ(difference(plan, other).size(), 1U) << describe(difference(plan, other));
    }
}

TEST(Diff, there_and_back_are_each_others_mirror) {
    const auto a = planned(small_range + rest);
    const auto b = planned(edited("on: { office: 80 }", "on: { office: 81 }"));
    const auto there = difference(a, b);
    const auto back = difference(b, a);
    ASSERT_EQ(there.size(), back.size());
    for (std::size_t i = 0; i < there.size(); ++i) {
        EXPECT_EQ(there[i].id, back[i].id);
        ASSERT_EQ(there[i].members.size(), back[i].members.size()) << there[i].id;
        for (std::size_t j = 0; j < there[i].members.size(); ++j) {
            EXPECT_EQ(there[i].members[j].from, back[i].members[j].to);
            EXPECT_EQ(there[i].members[j].consequence, back[i].members[j].consequence);
        }
    }
    EXPECT_EQ(json::serialize(describe_json(there)), json::serialize(describe_json(difference(a, b))));
}

} // namespace
} // namespace testudo::plan
